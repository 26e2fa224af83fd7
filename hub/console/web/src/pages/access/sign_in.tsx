// An API key for a session, or the way to the provider; in the portal only a link opens one.
import { useState } from "preact/hooks";
import { endReason, isPortal } from "../../session";
import { linkFault, signIn, signOn, signOnUrl } from "../../sign_in";
import { texts } from "../../texts";
import { toApiError } from "../../query";

export function SignIn({ again = false }: { again?: boolean }) {
  if (isPortal) return <NeedsLink again={again} />;
  return <KeyForm again={again} />;
}

function NeedsLink({ again }: { again: boolean }) {
  const reason = endReason.value || linkFault.value;
  const lead = (
    <div class="sign-in">
      {!again && <h1>{texts.sign_in.portal}</h1>}
      <p role={reason ? "alert" : undefined}>{reason || texts.sign_in.needs_link}</p>
    </div>
  );
  return again ? lead : <main class="sign-in-page">{lead}</main>;
}

function KeyForm({ again }: { again: boolean }) {
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
      {signOn.value && (
        <a class="button primary" href={signOnUrl(location.hash)}>
          {`${texts.sign_in.with} ${signOn.value}`}
        </a>
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
      <button class={signOn.value ? undefined : "primary"} disabled={isBusy}>
        {texts.sign_in.submit}
      </button>
    </form>
  );
  return again ? form : <main class="sign-in-page">{form}</main>;
}
