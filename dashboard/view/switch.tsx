// A switch that acts at once. Its name stays the same, and its state is said in words beside the picture.

import { useId } from "preact/hooks";

interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  /** What it means when it is on, and when it is off. */
  readonly states: readonly [on: string, off: string];
  readonly onSwitch: (isOn: boolean) => void;
}

/** @see WAI-ARIA 1.2, role switch */
export function Switch({ label, isOn, states, onSwitch }: SwitchProps) {
  const id = useId();
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={isOn}
      aria-labelledby={`${id}-name`}
      aria-describedby={`${id}-state`}
      onClick={() => onSwitch(!isOn)}
    >
      <span class="track" aria-hidden="true">
        <span class="knob" />
      </span>
      <span class="switch-text">
        <span id={`${id}-name`} class="switch-name">
          {label}
        </span>
        <span id={`${id}-state`} class="switch-state">
          <b>{isOn ? "On" : "Off"}</b>: {isOn ? states[0] : states[1]}
        </span>
      </span>
    </button>
  );
}
