/** A modal dialog: the browser traps the focus and gives it back. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import "./style/dialog.css";

export interface ModalProps {
  readonly title: string;
  readonly class?: string;
  /** Escape, or whatever else closes a dialog on this device. */
  readonly onDismiss: () => void;
  readonly children: ComponentChildren;
}

export function Modal({ title, class: extra = "", onDismiss, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const first = useRef<HTMLHeadingElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Not the first control: a key on its way to something else must not change a device or go live.
    first.current?.focus();
    // Closing before it leaves the page is what returns the focus.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`modal ${extra}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onDismiss();
      }}
    >
      <h2 id={heading} ref={first} tabIndex={-1}>{title}</h2>
      {children}
    </dialog>
  );
}
