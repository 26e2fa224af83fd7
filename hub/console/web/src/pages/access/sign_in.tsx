// An API key for a session.
import { useState } from "preact/hooks";
import { signIn } from "../../sign_in";
import { texts } from "../../texts";
import { toApiError } from "../../query";

export function SignIn({ again = false }: { again?: boolean }) {
  const [key, setKey] = useState("");
  const [fault, setFault] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFault("");
    try {
      await signIn(key.trim());
    } catch (error) {
      setFault(toApiError(error).message);
    }
    setBusy(false);
  };
  const form = (
    <form onSubmit={submit} class="sign-in">
      {again ? (
        <p>{texts.sign_in.again}</p>
      ) : (
        <>
          <img src="icon.svg" alt="" width="40" height="40" />
          <h1>{texts.sign_in.title}</h1>
          <p class="faint">{texts.sign_in.lead}</p>
        </>
      )}
      <div class="field">
        <label for="key">{texts.sign_in.key}</label>
        <input
          id="key"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          value={key}
          aria-invalid={fault !== ""}
          aria-describedby="key-help"
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        {fault && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        <p class="faint" id="key-help">
          {texts.sign_in.help}
        </p>
      </div>
      <button class="primary" disabled={isBusy}>
        {texts.sign_in.submit}
      </button>
    </form>
  );
  return again ? form : <main class="sign-in-page">{form}</main>;
}
