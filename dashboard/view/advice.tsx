// What causes a failure, how to check which it is, and how to fix it.

import type { Check } from "../api/types.ts";
import { Command } from "./command.tsx";

interface AdviceProps {
  readonly of: {
    readonly likelyCauses: readonly string[];
    readonly howToCheck: readonly Check[];
    readonly howToFix: readonly string[];
  };
}

/** Three short lists; nothing where there is nothing to say. */
export function Advice({ of }: AdviceProps) {
  return (
    <>
      <List title="Likely causes" items={of.likelyCauses} />
      {of.howToCheck.length > 0 && (
        <>
          <h3>How to check</h3>
          {of.howToCheck.map(({ text, command }) => (
            <div key={text} class="check">
              <p>{text}</p>
              {command !== undefined && <Command text={command} />}
            </div>
          ))}
        </>
      )}
      <List title="How to fix" items={of.howToFix} />
    </>
  );
}

function List({ title, items }: { readonly title: string; readonly items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </>
  );
}
