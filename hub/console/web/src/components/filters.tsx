// The line of filters above a list.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { sinceOf } from "../format";
import { place, setQuery } from "../router";
import { texts } from "../texts";

export const Filters = ({ children }: { children: ComponentChildren }) => (
  <div class="filters" role="search">
    {children}
  </div>
);

interface ChoiceProps {
  label: string;
  /** The parameter of the URL. */
  name: string;
  options: [value: string, title: string][];
}

export function Choice({ label, name, options }: ChoiceProps) {
  return (
    <label>
      <span>{label}</span>
      <select
        value={place.value.query[name] ?? ""}
        onChange={(event) => setQuery({ [name]: event.currentTarget.value })}
      >
        {options.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

const TYPING_MS = 300;

interface TypedProps {
  label: string;
  value: string;
  hint?: string;
  onChange: (value: string) => void;
}

/** Text that filters a moment after the last key. */
export function Typed({ label, value, hint, onChange }: TypedProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onChange(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label>
      <span>{label}</span>
      <input
        type="search"
        value={text}
        placeholder={hint}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  );
}

/** As Typed, kept in the URL. */
export function TypedParameter({
  label,
  name,
  hint,
}: {
  label: string;
  name: string;
  hint?: string;
}) {
  return (
    <Typed
      label={label}
      value={place.value.query[name] ?? ""}
      {...(hint === undefined ? {} : { hint })}
      onChange={(value) => setQuery({ [name]: value }, "replace")}
    />
  );
}

export const Range = () => (
  <Choice label={texts.deliveries.time} name="range" options={Object.entries(texts.ranges)} />
);

/** `since` of the chosen range. */
export const chosenSince = (): string | undefined => sinceOf(place.value.query["range"] ?? "");
