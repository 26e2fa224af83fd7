// What the console knows of the editor, which is loaded when it is needed.

export interface EditorOptions {
  text: string;
  language: "json" | "javascript" | "plain";
  label: string;
  attributes: Record<string, string>;
  onChange: (text: string) => void;
}

/** A fault at a place; line and column from 1. */
export interface Mark {
  line: number;
  column: number;
  message: string;
}

export interface Editor {
  set: (text: string) => void;
  mark: (marks: Mark[]) => void;
  focus: () => void;
  close: () => void;
}

export interface EditorModule {
  openEditor: (parent: HTMLElement, options: EditorOptions) => Editor;
}
