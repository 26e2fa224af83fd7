// JSON that folds, with every number as it was written.
import { useMemo, useState } from "preact/hooks";
import { parseJson, type Json } from "../json/parse";
import { writePretty } from "../json/write";
import { formatNumber } from "../format";
import { texts } from "../texts";
import { Copy } from "./bits";

/** Open at first: what is less deep and not longer than this. */
const OPEN_DEPTH = 2;
const OPEN_ITEMS = 50;
/** Of one object or list are shown at first, then so many more. */
const STEP = 200;

/** Text that is JSON as a tree, other text as it is. */
export function PayloadView({ text, label }: { text: string; label: string }) {
  const tree = useMemo(() => tryParse(text), [text]);
  const [isRaw, setRaw] = useState(false);
  const [depth, setDepth] = useState(OPEN_DEPTH);
  if (!tree)
    return (
      <div class="payload">
        <div class="payload-tools">
          <Copy text={text} />
        </div>
        <pre tabIndex={0} aria-label={label}>
          {text}
        </pre>
      </div>
    );
  return (
    <div class="payload">
      <div class="payload-tools">
        {!isRaw && (
          <button class="small" onClick={() => setDepth(depth > OPEN_DEPTH ? OPEN_DEPTH : 100)}>
            {depth > OPEN_DEPTH ? texts.events.collapse : texts.events.expand}
          </button>
        )}
        <button class="small" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
          {texts.events.raw}
        </button>
        <Copy text={isRaw ? text : writePretty(tree)} />
      </div>
      {isRaw ? (
        <pre tabIndex={0} aria-label={label}>
          {text}
        </pre>
      ) : (
        <div class="json" role="region" aria-label={label} tabIndex={0} key={depth}>
          <Value value={tree} level={0} depth={depth} />
        </div>
      )}
    </div>
  );
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

interface ValueProps {
  value: Json;
  name?: string | undefined;
  level: number;
  depth: number;
}

function Value({ value, name, level, depth }: ValueProps) {
  const label = name === undefined ? null : <span class="json-name">{name}: </span>;
  if (value.kind === "string")
    return (
      <div class="json-line">
        {label}
        <span class="json-string">{JSON.stringify(value.value)}</span>
      </div>
    );
  if (value.kind === "number" || value.kind === "literal")
    return (
      <div class="json-line">
        {label}
        <span class={`json-${value.kind}`}>{value.text}</span>
      </div>
    );
  return <Branch value={value} name={name} level={level} depth={depth} />;
}

function Branch({ value, name, level, depth }: ValueProps) {
  const parts: [string | undefined, Json][] =
    value.kind === "object"
      ? value.members.map(([each, part]) => [JSON.stringify(each), part])
      : value.kind === "array"
        ? value.items.map((part) => [undefined, part])
        : [];
  const [isOpen, setOpen] = useState(level < depth && parts.length <= OPEN_ITEMS * (level + 1));
  const [shown, setShown] = useState(STEP);
  const [open, close] = value.kind === "array" ? "[]" : "{}";
  const label = name === undefined ? null : <span class="json-name">{name}: </span>;
  if (parts.length === 0)
    return (
      <div class="json-line">
        {label}
        {open}
        {close}
      </div>
    );
  const unit = value.kind === "array" ? texts.events.items : texts.events.fields;
  return (
    <div class="json-branch">
      <button class="json-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {label}
        {open}
        {!isOpen && (
          <span class="faint">
            {" "}
            {formatNumber(parts.length, unit)} {close}
          </span>
        )}
      </button>
      {isOpen && (
        <>
          <div class="json-inner">
            {parts.slice(0, shown).map(([each, part], index) => (
              <Value key={index} value={part} name={each} level={level + 1} depth={depth} />
            ))}
            {parts.length > shown && (
              <button class="small" onClick={() => setShown(shown + STEP)}>
                … {parts.length - shown}
              </button>
            )}
          </div>
          <div class="json-line">{close}</div>
        </>
      )}
    </div>
  );
}
