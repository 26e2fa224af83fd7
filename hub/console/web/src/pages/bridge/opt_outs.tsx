// What one person opted out of. The name is kept in this form only: in no URL and no storage.
import { useState } from "preact/hooks";
import type { Privacy } from "@v1";
import { get, send } from "../../api";
import { Card } from "../../components/bits";
import { attempt } from "../../components/toast";
import { texts } from "../../texts";

const t = texts.bridge;
const PLATFORMS: [string, string][] = [
  ["atlvs", "ATLVS"],
  ["grasshopper", "Grasshopper"],
];

const pathOf = (subject: string) => `v1/subjects/${encodeURIComponent(subject)}/privacy`;

export function OptOuts() {
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState<{ subject: string; out: Privacy["opt_out"] }>();
  const look = async (event: Event) => {
    event.preventDefault();
    const subject = typed.trim();
    if (subject === "") return;
    await attempt(async () => {
      const { opt_out } = await get<Privacy>(pathOf(subject));
      setShown({ subject, out: opt_out });
    });
  };
  const save = async (out: Privacy["opt_out"]) => {
    if (!shown) return;
    const { subject } = shown;
    const put = () => send(pathOf(subject), { method: "PUT", body: { opt_out: out } });
    if (await attempt(put, t.saved)) setShown({ subject, out });
  };
  return (
    <Card title={t.opt_outs} wide>
      <p class="faint">{t.opt_lead}</p>
      <form class="row end" onSubmit={look}>
        <label class="grow">
          <span>{t.subject}</span>
          <input
            value={typed}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button>{t.look_up}</button>
      </form>
      {shown && <Choices out={shown.out} onChange={save} />}
    </Card>
  );
}

/** The choice after one box was clicked. Pure. */
export function toggled(out: Privacy["opt_out"], name: string, isOn: boolean): Privacy["opt_out"] {
  if (name === "") return isOn;
  const names = (Array.isArray(out) ? out : []).filter((each) => each !== name);
  const next = isOn ? [...names, name] : names;
  return next.length > 0 && next;
}

function Choices(props: { out: Privacy["opt_out"]; onChange: (out: Privacy["opt_out"]) => void }) {
  const { out, onChange } = props;
  const isOut = (name: string) => out === true || (Array.isArray(out) && out.includes(name));
  const said =
    out === true ? t.from_all : Array.isArray(out) && out.length > 0 ? "" : t.from_nothing;
  return (
    <fieldset class="checks">
      <legend>{t.from}</legend>
      {[["", t.all] as [string, string], ...PLATFORMS].map(([name, title]) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={name === "" ? out === true : isOut(name)}
            disabled={name !== "" && out === true}
            onChange={(event) => onChange(toggled(out, name, event.currentTarget.checked))}
          />
          {title}
        </label>
      ))}
      {said && <p class="faint">{said}</p>}
    </fieldset>
  );
}
