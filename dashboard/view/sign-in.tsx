// Asks for the admin port's token, which it wants when it listens beyond this machine.

import { useState } from "preact/hooks";

import { signIn, token } from "../state/session.ts";

/** The form. */
export function SignIn() {
  const [given, setGiven] = useState("");
  const isRefused = token.value !== null;
  return (
    <main class="sign-in">
      <img src="./icon.svg" alt="" width="40" height="40" />
      <h1>Edgecase</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (given !== "") signIn(given);
        }}
      >
        <label for="token">Token of the admin port</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          required
          aria-describedby="token-help"
          aria-invalid={isRefused}
          value={given}
          onInput={({ currentTarget }) => setGiven(currentTarget.value.trim())}
        />
        <p id="token-help" class="soft">
          It is what the file says that <code>admin.tokenFile</code> names. This tab keeps it until
          it is closed.
        </p>
        {isRefused && (
          <p class="refusal" role="alert">
            The gateway does not know this token.
          </p>
        )}
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
