/**
 * Tells whether the focus is inside `element`, until what is returned is called. Something that had it and was taken out of the page leaves that as
 * it was: browsers give the focus to the page then, and somebody with a keyboard would start over at the top.
 */
export function watchFocus(element: HTMLElement, note: (inside: boolean) => void): () => void {
  const entered = () => note(true);
  const left = ({ target }: FocusEvent) => {
    // By then it is known where it went.
    window.setTimeout(() => {
      if ((target as Node).isConnected) note(element.contains(document.activeElement));
    });
  };
  note(element.contains(document.activeElement));
  element.addEventListener("focusin", entered);
  element.addEventListener("focusout", left);
  return () => {
    element.removeEventListener("focusin", entered);
    element.removeEventListener("focusout", left);
  };
}
