// A form over one object of the API: every field with its help, and what the hub refuses at the field.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError } from "../api";
import type { Mark } from "../editor/types";
import { CodeInput } from "./code_input";
import { FieldFault, fieldOf, writeTexts, type Field, type Texts } from "../forms";
import { helpOf, loadDocument, type Document } from "../openapi";
import { toApiError } from "../query";
import { form, leaveForm } from "../question";
import { texts } from "../texts";

export interface FormProps {
  /** The schema in the API's document that describes the body. */
  schema: string;
  sections: { title?: string; fields: Field[] }[];
  initial: Texts;
  /** Whether only what differs from `initial` is sent. */
  isChange?: boolean;
  action: string;
  onSubmit: (body: Record<string, unknown>) => Promise<void>;
  onCancel: () => void;
  /** Called for a refusal that is no field's fault; true: it was dealt with. */
  onRefused?: (error: ApiError) => boolean;
  children?: ComponentChildren;
  /** What stands below a field, by its pointer: it sees all texts and may change that one. */
  below?: Record<string, (now: Texts, change: ChangeField) => ComponentChildren>;
  /** Faults at places of a code field, by its pointer. */
  marks?: Record<string, Mark[]>;
}

export type ChangeField = (pointer: string, text: string) => void;

type Faults = Record<string, string>;

export function Form(props: FormProps) {
  const [now, setNow] = useState(props.initial);
  const [faults, setFaults] = useState<Faults>({});
  const [isBusy, setBusy] = useState(false);
  const fields = useMemo(() => props.sections.flatMap((each) => each.fields), [props.sections]);
  const document = useDocument();
  const element = useRef<HTMLFormElement>(null);
  const saved = useRef(props.initial);
  const unsaved = useRef(false);
  unsaved.current = fields.some(({ pointer }) => now[pointer] !== saved.current[pointer]);
  useWarning(unsaved);
  useEffect(() => {
    // Where something has to be put right is where one goes on.
    element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [faults]);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFaults({});
    try {
      await props.onSubmit(writeTexts(fields, now, props.isChange ? props.initial : undefined));
      saved.current = now;
      unsaved.current = false; // onSubmit may have left the page, which asks before the next render
    } catch (error) {
      const isHandled = error instanceof ApiError && props.onRefused?.(error);
      if (!isHandled) setFaults(faultsOf(fields, error));
    }
    setBusy(false);
  };
  const change: ChangeField = (pointer, text) =>
    setNow((before) => ({ ...before, [pointer]: text }));
  const cancel = () => leaveForm(props.onCancel);
  return (
    <form ref={element} class="form" onSubmit={submit} noValidate>
      {faults[""] && (
        <p class="fault" role="alert">
          {faults[""]}
        </p>
      )}
      {props.sections.map((section) => (
        <fieldset key={section.title}>
          {section.title && <legend>{section.title}</legend>}
          {section.fields.map((field) => (
            <FieldRow
              key={field.pointer}
              field={field}
              value={now[field.pointer] ?? ""}
              fault={faults[field.pointer]}
              help={document ? helpOf(document, props.schema, field.pointer) : ""}
              onChange={(text) => change(field.pointer, text)}
              below={props.below?.[field.pointer]?.(now, change)}
              language={field.language?.(now) ?? "plain"}
              marks={props.marks?.[field.pointer]}
            />
          ))}
        </fieldset>
      ))}
      {props.children}
      <div class="actions end">
        <button type="button" onClick={cancel}>
          {texts.common.cancel}
        </button>
        <button class="primary" disabled={isBusy || (props.isChange && !unsaved.current)}>
          {props.action}
        </button>
      </div>
    </form>
  );
}

/** What was refused, by field; what belongs to none stands above the form. */
function faultsOf(fields: Field[], error: unknown): Faults {
  if (error instanceof FieldFault) return { [error.pointer]: error.message };
  const { faults, message } = toApiError(error);
  const found: Faults = {};
  const others: string[] = [];
  for (const { pointer, detail } of faults) {
    const field = fieldOf(fields, pointer);
    if (!field) others.push(`${pointer} ${detail}`);
    else found[field.pointer] = [found[field.pointer], detail].filter(Boolean).join("; ");
  }
  if (others.length > 0 || Object.keys(found).length === 0)
    found[""] = [message, ...others].join(" ");
  return found;
}

function useDocument(): Document | undefined {
  const [document, setDocument] = useState<Document>();
  useEffect(() => void loadDocument().then(setDocument, () => undefined), []);
  return document;
}

/** Asks before unsaved changes are left, for another view or another site. Read when it is asked. */
function useWarning(unsaved: { current: boolean }): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (unsaved.current) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    form.hasUnsaved = () => unsaved.current;
    return () => {
      removeEventListener("beforeunload", warn);
      form.hasUnsaved = undefined;
    };
  }, [unsaved]);
}

interface FieldRowProps {
  field: Field;
  value: string;
  fault: string | undefined;
  help: string;
  onChange: (text: string) => void;
  below?: ComponentChildren;
  language: "javascript" | "plain";
  marks: Mark[] | undefined;
}

function FieldRow(props: FieldRowProps) {
  const { field, fault, help, below } = props;
  const id = `field${field.pointer.replaceAll("/", "-")}`;
  const common = {
    id,
    "aria-invalid": fault !== undefined,
    "aria-describedby": `${id}-help`,
    "aria-required": field.required === true,
  };
  return (
    <div class={`field ${fault ? "wrong" : ""}`}>
      <label for={id}>
        {field.label}
        {field.required && <span aria-hidden="true"> *</span>}
      </label>
      <div>
        <Control {...props} common={common} />
        <p id={`${id}-help`} class="help">
          {fault && <span class="fault">{fault} </span>}
          {help.split("`").map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}
        </p>
        {below}
      </div>
    </div>
  );
}

function Control(props: FieldRowProps & { common: Record<string, unknown> }) {
  const { field, value, common, onChange } = props;
  const typed = (event: { currentTarget: { value: string } }) =>
    onChange(event.currentTarget.value);
  switch (field.kind) {
    case "choice":
      return (
        <select {...common} value={value} onChange={typed}>
          {!field.required && <option value="">–</option>}
          {(field.options ?? []).map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      );
    case "switch":
      return (
        <input
          {...common}
          type="checkbox"
          checked={value === "true"}
          onChange={(event) => onChange(String(event.currentTarget.checked))}
        />
      );
    case "json":
    case "code":
      return (
        <CodeInput
          value={value}
          language={field.kind === "json" ? "json" : props.language}
          {...(props.marks ? { marks: props.marks } : {})}
          label={field.label}
          common={common}
          onChange={onChange}
        />
      );
    case "list":
    case "map": {
      const rows = Math.min(12, Math.max(2, value.split("\n").length));
      return (
        <textarea
          {...common}
          rows={rows}
          value={value}
          onInput={typed}
          spellcheck={false}
          class={field.kind === "list" ? "" : "code"}
        />
      );
    }
    case "secret":
      return (
        <input
          {...common}
          type="password"
          autocomplete="new-password"
          value={value}
          onInput={typed}
        />
      );
    case "time":
      return <input {...common} type="datetime-local" value={value} onInput={typed} />;
    default:
      return (
        <input
          {...common}
          type="text"
          inputMode={field.kind === "number" ? "decimal" : "text"}
          value={value}
          onInput={typed}
          spellcheck={false}
          autocomplete="off"
        />
      );
  }
}
