// Code or JSON to edit: a plain text area at once, the editor as soon as it is loaded.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Editor, EditorModule, EditorOptions, Mark } from "../editor/types";

let loading: Promise<EditorModule> | undefined;

/** Beside this program's own file, whatever prefix a proxy puts before it. */
function loadEditor(): Promise<EditorModule> {
  // @ts-expect-error  it is a file of the build
  loading ??= (import("./editor.js") as Promise<EditorModule>).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

interface CodeInputProps {
  value: string;
  language: EditorOptions["language"];
  label: string;
  /** For the element that is edited: id, aria-invalid, aria-describedby. */
  common: Record<string, unknown>;
  rows?: number;
  marks?: Mark[];
  onChange: (text: string) => void;
}

export function CodeInput(props: CodeInputProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>();
  const latest = useRef(props);
  latest.current = props;
  const [isOpen, setOpen] = useState(false);
  /** Texts of the editor that have not come back as a value yet: they are not to be set again. */
  const reported = useRef<string[]>([]);
  useEffect(() => {
    let isGone = false;
    const open = ({ openEditor }: EditorModule) => {
      if (isGone || !place.current) return;
      const { value, language, label, common } = latest.current;
      editor.current = openEditor(place.current, {
        text: value,
        language,
        label,
        attributes: { "aria-describedby": String(common["aria-describedby"] ?? "") },
        onChange: (text) => {
          reported.current.push(text);
          latest.current.onChange(text);
        },
      });
      setOpen(true);
    };
    // Without it the text area stays.
    loadEditor().then(open, () => undefined);
    return () => {
      isGone = true;
      editor.current?.close();
      editor.current = undefined;
      setOpen(false);
    };
  }, [props.language]);
  useEffect(() => {
    const at = reported.current.lastIndexOf(props.value);
    reported.current = reported.current.slice(at + 1);
    if (at < 0) editor.current?.set(props.value);
  }, [props.value, isOpen]);
  useEffect(() => editor.current?.mark(props.marks ?? []), [props.marks, isOpen]);
  return (
    <>
      {!isOpen && (
        <textarea
          {...props.common}
          aria-label={props.label}
          rows={props.rows ?? 4}
          value={props.value}
          spellcheck={false}
          class="code"
          onInput={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
      <div
        ref={place}
        class={isOpen ? "editor" : undefined}
        tabIndex={-1}
        onFocus={() => editor.current?.focus()}
        {...(isOpen
          ? {
              id: String(props.common["id"]),
              "aria-invalid": props.common["aria-invalid"] as boolean,
            }
          : {})}
      />
    </>
  );
}
