/** The reactions, drawn: not every machine has a font for them. On a grid of 24. */
import type { ComponentChildren } from "preact";
import type { Reaction } from "../signal/generated/messages";

const FACE = <circle class="skin" cx="12" cy="12" r="10" />;

/** Fingers and a palm; two of them clap. */
const HAND = <path d="M-3.600 4.500V-4M-1.200 3V-6.200M1.200 3V-5.800M3.600 4.500V-3.800M-4.200 3.200-6.400-.600M-3 3.500a4.500 4.500 0 0 0 6 0z" />;

const SIGNS = {
  clap: (
    <>
      <g class="hand-lines behind" transform="translate(14.500 14.500) rotate(-38)">
        {HAND}
      </g>
      <g class="hand-lines" transform="translate(11 15.500) rotate(-38)">
        {HAND}
      </g>
      <path class="spark" d="M15.500 4.500V1.500M19 6l1.800-2.600M20.700 9.300l2.600-1.200" />
    </>
  ),
  thumbs_up: (
    <>
      <path class="skin" d="M8 10.200 11.600 2.400a2.600 2.600 0 0 1 2.600 2.800L13.800 9h5.500a2.300 2.300 0 0 1 2.300 2.700l-1.300 7.200a2.700 2.700 0 0 1-2.700 2.300H8z" />
      <rect class="sleeve" x="2.500" y="10" width="4.300" height="11.200" rx="1.400" />
    </>
  ),
  heart: <path class="red" d="M12 21S2.500 15.400 2.500 8.700A5.300 5.300 0 0 1 12 5.600a5.300 5.300 0 0 1 9.500 3.100C21.500 15.400 12 21 12 21z" />,
  laugh: (
    <>
      {FACE}
      <path class="lines" d="M5.800 9.800c.8-1.500 2.600-1.500 3.400 0M14.800 9.800c.8-1.500 2.600-1.500 3.400 0" />
      <path class="mouth" d="M6.500 12.800h11a5.500 5.500 0 0 1-11 0z" />
      <path class="tear" d="M4 11.500c1.500 2 1.500 3.600 0 3.800-1.700 0-1.800-1.900 0-3.800zM20 11.500c-1.500 2-1.500 3.600 0 3.800 1.700 0 1.800-1.900 0-3.800z" />
    </>
  ),
  wow: (
    <>
      {FACE}
      <circle class="mouth" cx="8.600" cy="9.500" r="1.400" />
      <circle class="mouth" cx="15.400" cy="9.500" r="1.400" />
      <ellipse class="mouth" cx="12" cy="16" rx="2.700" ry="3.300" />
    </>
  ),
  party: (
    <>
      <path class="cone" d="M2.800 21.200 8.500 7.500l8 8z" />
      <path class="stripe" d="m6.200 13 4.800 4.800M4.600 17l2.500 2.500" />
      <path class="ribbon" d="M13 10.500c3-.500 2-4 4.500-4.500M15 13c2.500-2 4 .500 6.500-1.500" />
      <circle class="red" cx="11" cy="4" r="1.500" />
      <circle class="skin" cx="20.500" cy="4" r="1.500" />
      <circle class="tear" cx="20" cy="17.500" r="1.500" />
      <circle class="tear" cx="14.700" cy="2.600" r="1.100" />
    </>
  ),
} satisfies Record<Reaction, ComponentChildren>;

export function Sign({ reaction }: { reaction: Reaction }) {
  return (
    <svg class="sign" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {SIGNS[reaction]}
    </svg>
  );
}
