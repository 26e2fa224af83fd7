// Short notes of what was done, or why it was not.
import { signal } from "@preact/signals";
import { toApiError } from "../query";
import { texts } from "../texts";

interface Note {
  id: number;
  kind: "done" | "failed";
  text: string;
}

const notes = signal<Note[]>([]);
let last = 0;
const SHOWN_MS = { done: 4_000, failed: 10_000 };

export function say(text: string, kind: Note["kind"] = "done"): void {
  const id = ++last;
  notes.value = [...notes.value.slice(-3), { id, kind, text }];
  setTimeout(() => drop(id), SHOWN_MS[kind]);
}

const drop = (id: number) => {
  notes.value = notes.value.filter((each) => each.id !== id);
};

/** Does it, and says what came of it. Returns whether it worked. */
export async function attempt(work: () => Promise<unknown>, done = ""): Promise<boolean> {
  try {
    await work();
    if (done) say(done);
    return true;
  } catch (error) {
    say(toApiError(error).message, "failed");
    return false;
  }
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {notes.value.map((note) => (
        <div key={note.id} class={`toast ${note.kind}`}>
          <span>{note.text}</span>
          <button class="icon" aria-label={texts.common.close} onClick={() => drop(note.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
