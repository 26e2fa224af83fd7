// The small parts that pages are made of.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../api";
import { shortId } from "../format";
import { href, place } from "../router";
import { texts } from "../texts";
import { attempt } from "./toast";

type Tone = "good" | "bad" | "warn" | "busy" | "quiet";

const TONES: Record<string, Tone> = {
  delivered: "good",
  active: "good",
  completed: "good",
  closed: "good",
  success: "good",
  dead: "bad",
  open: "bad",
  disabled: "bad",
  revoked: "bad",
  scheduled: "warn",
  paused: "warn",
  probing: "warn",
  expired: "warn",
  in_flight: "busy",
  running: "busy",
  ramping: "busy",
  pending: "busy",
  waiting: "busy",
};

/** A state as a coloured word; the mark before it tells the kinds apart without colour. */
export function State({ of, text }: { of: string; text?: string }) {
  const tone = TONES[of] ?? "quiet";
  return <span class={`state ${tone}`}>{text ?? texts.states[of] ?? of}</span>;
}

export function PageHead(props: {
  title: ComponentChildren;
  over?: [text: string, path: string];
  side?: ComponentChildren;
}) {
  return (
    <header class="page-head">
      <div>
        {props.over && (
          <a class="over" href={href(props.over[1])}>
            {props.over[0]}
          </a>
        )}
        <h1>{props.title}</h1>
      </div>
      {props.side && <div class="actions">{props.side}</div>}
    </header>
  );
}

export function Card(props: {
  title?: ComponentChildren;
  side?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}) {
  return (
    <section class={props.wide ? "card wide" : "card"}>
      {(props.title || props.side) && (
        <header>
          <h2>{props.title}</h2>
          {props.side && <div class="actions">{props.side}</div>}
        </header>
      )}
      {props.children}
    </section>
  );
}

/** Names and values in two columns. Rows without a value are left out. */
export function Facts({ rows }: { rows: [name: string, value: ComponentChildren][] }) {
  const shown = rows.filter(
    ([, value]) => value !== undefined && value !== null && value !== false && value !== "",
  );
  return (
    <dl class="facts">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Empty({ title, hint }: { title: string; hint?: string | undefined }) {
  return (
    <div class="empty">
      <p>{title}</p>
      {hint && <p class="faint">{hint}</p>}
    </div>
  );
}

/** Why something cannot be shown, in the hub's words, and the way to try again. */
export function Failure({ error, again }: { error: ApiError; again?: () => void }) {
  return (
    <div class="failure" role="alert">
      <p>
        {error.status === 403 && <strong>{texts.common.lacks} </strong>}
        {error.message}
      </p>
      {again && <button onClick={again}>{texts.common.again}</button>}
    </div>
  );
}

/** As Failure, where it stands for the whole page. */
export const PageFailure = (props: { error: ApiError; again?: () => void }) => (
  <>
    <PageHead title={texts.nav[place.value.path[0] ?? ""] ?? texts.name} />
    <Failure {...props} />
  </>
);

export const Loading = () => (
  <p class="faint loading" aria-busy="true">
    {texts.common.loading}
  </p>
);

/** By the old command first: a frame of another site may use no other, unless its page says so. */
async function copyText(text: string): Promise<void> {
  const give = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  };
  document.addEventListener("copy", give);
  const isDone = document.execCommand("copy");
  document.removeEventListener("copy", give);
  if (!isDone) await navigator.clipboard.writeText(text);
}

export function Copy({ text, label }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    const worked = await attempt(() => copyText(text));
    if (!worked) return;
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  const said = isDone ? texts.common.copied : (label ?? texts.common.copy);
  return (
    <button class={label ? "" : "small"} onClick={copy} aria-live="polite">
      {said}
    </button>
  );
}

/** A text that is to be entered elsewhere. */
export const CopyCode = ({ text }: { text: string }) => (
  <span class="row">
    <code class="break">{text}</code> <Copy text={text} />
  </span>
);

/** An id, shortened, with the whole of it on hover; a link where it leads somewhere. */
export function Id({ id, to }: { id: string; to?: string }) {
  const text = (
    <code class="id" title={id}>
      {shortId(id)}
    </code>
  );
  return to ? <a href={href(`${to}/${id}`)}>{text}</a> : text;
}

/** What is shown once, with the way to take it along. */
export function Once({ name, value }: { name: string; value: string }) {
  return (
    <div class="once" role="status">
      <p>
        <strong>{name}.</strong> {texts.common.once}
      </p>
      <div class="row">
        <code class="break">{value}</code>
        <Copy text={value} />
      </div>
    </div>
  );
}
