// What is asked before something is lost. In the page itself: a frame of another site may open none
// of the browser's dialogs.
import { signal } from "@preact/signals";
import { texts } from "./texts";

export interface Question {
  title: string;
  lead: string;
  action: string;
  onYes: () => void;
}

/** Shown by the frame around the pages. */
export const question = signal<Question | undefined>(undefined);

/** Whether the form that is shown has changes that are not saved; undefined: there is no form. */
export const form = { hasUnsaved: undefined as (() => boolean) | undefined };

/** Does what leaves the form: at once, or when a person says so. Returns whether at once. */
export function leaveForm(leave: () => void): boolean {
  if (!form.hasUnsaved?.()) {
    leave();
    return true;
  }
  const onYes = () => {
    form.hasUnsaved = undefined;
    leave();
  };
  question.value = { ...texts.unsaved, onYes };
  return false;
}
