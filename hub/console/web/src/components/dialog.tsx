// A dialog over the page: the browser's own, which keeps the focus inside and closes with Esc.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { leaveForm } from "../question";
import { texts } from "../texts";
import { Toasts } from "./toast";

export function Dialog(props: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  foot?: ComponentChildren;
  kind?: "palette";
}) {
  const element = useRef<HTMLDialogElement>(null);
  const title = useId();
  // Before it is drawn: the next key is for it.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  /** By a key or a click beside it: what was typed in its form is not lost so. */
  const dismiss = () => {
    const hasForm = element.current?.querySelector("form.form");
    if (hasForm) leaveForm(props.onClose);
    else props.onClose();
  };
  const onClick = (event: MouseEvent) => {
    if (event.target === element.current) dismiss();
  };
  return (
    <dialog
      ref={element}
      class={props.kind}
      aria-labelledby={title}
      onClick={onClick}
      onCancel={(event) => {
        event.preventDefault();
        dismiss();
      }}
    >
      <div class="dialog-body">
        <h2 id={title} class={props.kind === "palette" ? "unseen" : undefined}>
          {props.title}
        </h2>
        {props.children}
        {props.foot && <div class="actions end">{props.foot}</div>}
      </div>
      {/* What lies below a dialog is neither seen nor told. */}
      <Toasts />
    </dialog>
  );
}

/** Asks before what cannot be taken back. */
export function Confirm(props: {
  title: string;
  lead: string;
  action: string;
  onYes: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      foot={
        <>
          <button onClick={props.onClose}>{texts.common.cancel}</button>
          <button
            class="danger"
            onClick={() => {
              props.onClose();
              props.onYes();
            }}
          >
            {props.action}
          </button>
        </>
      }
    >
      <p>{props.lead}</p>
    </Dialog>
  );
}
