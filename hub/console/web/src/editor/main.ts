// The editor for code and JSON: CodeMirror 6. A file of its own (editor.js), since it is three times
// as large as the rest of the console and few views need it.
//
// It lives in a shadow root: there its styles are a sheet that the policy of the page allows.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Editor, EditorOptions, Mark } from "./types";

const LANGUAGES = { json, javascript, plain: () => [] };

/** The colours are the console's variables: they follow light and dark by themselves. */
const theme = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--card)", fontSize: "0.87rem" },
  // What is tried stands below: both are to be seen at once.
  ".cm-scroller": { maxHeight: "24rem", overflow: "auto" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-content": {
    caretColor: "var(--text)",
    fontFamily: "ui-monospace, monospace",
    minHeight: "5rem",
  },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--faint)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-soft) !important",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--accent-soft)" },
  // Instead of CodeMirror's picture, which the policy of the page refuses. An underline would be
  // taken over by what is typed in its place, as an inline style.
  ".cm-lintRange-error": { backgroundImage: "none", borderBottom: "2px dotted var(--bad)" },
  ".cm-tooltip": { backgroundColor: "var(--card)", border: "1px solid var(--line-strong)" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: [tags.string, tags.regexp], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--busy)" },
  { tag: tags.keyword, color: "var(--bad)" },
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
]);

export function openEditor(parent: HTMLElement, options: EditorOptions): Editor {
  let isSetting = false;
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        syntaxHighlighting(colours),
        LANGUAGES[options.language](),
        // Esc, then Tab leaves it: https://codemirror.net/examples/tab/
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": options.label, ...options.attributes }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isSetting) options.onChange(update.state.doc.toString());
        }),
        theme,
      ],
    }),
  });
  return {
    set: (text) => {
      if (text === view.state.doc.toString()) return;
      isSetting = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      isSetting = false;
    },
    mark: (marks) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((each) => placeOf(view, each)),
        ),
      ),
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}

function placeOf(view: EditorView, { line, column, message }: Mark) {
  const { doc } = view.state;
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
  return { from, to: at.to, severity: "error" as const, message };
}
