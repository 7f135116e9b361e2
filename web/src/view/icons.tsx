/** Line icons, drawn on a grid of 24. They never carry meaning alone: the name is the button's. */
import type { ComponentChildren } from "preact";

const SHAPES = {
  mic: (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
    </>
  ),
  micOff: (
    <>
      <path d="M15 9.5V6a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.6 2.5M5.5 11.5a6.5 6.5 0 0 0 10.4 5.2M18.3 13a6.6 6.6 0 0 0 .2-1.5M12 18v3M4 4l16 16" />
    </>
  ),
  camera: (
    <>
      <rect x="3" y="6.5" width="12.5" height="11" rx="2.5" />
      <path d="m15.5 10.5 5-3v9l-5-3" />
    </>
  ),
  cameraOff: (
    <>
      <path d="M9.5 6.5H13a2.5 2.5 0 0 1 2.5 2.5v1.500l5-3v9l-3-1.800M15.500 15.500A2.500 2.500 0 0 1 13 17.500H5.500A2.500 2.500 0 0 1 3 15V9a2.500 2.500 0 0 1 2.500-2.500M4 4l16 16" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="10.5" width="14" height="9.5" rx="2.5" />
      <path d="M8.500 10.500V8a3.500 3.500 0 0 1 7 0v2.500" />
    </>
  ),
  people: (
    <>
      <circle cx="9" cy="8" r="3.500" />
      <path d="M2.500 19.500c.6-3.300 3.200-5 6.500-5s5.900 1.700 6.500 5M15.500 4.800a3.500 3.500 0 0 1 0 6.400M18 14.800c2 .7 3.200 2.300 3.600 4.700" />
    </>
  ),
  settings: (
    <>
      <path d="M10.2 5.5 10.4 2.9 13.6 2.9 13.8 5.5 15.3 6.2 17.3 4.5 19.5 6.7 17.8 8.7 18.5 10.2 21.1 10.4 21.1 13.6 18.5 13.8 17.8 15.3 19.5 17.3 17.3 19.5 15.3 17.8 13.8 18.5 13.6 21.1 10.4 21.1 10.2 18.5 8.7 17.8 6.7 19.5 4.5 17.3 6.2 15.3 5.5 13.8 2.9 13.6 2.9 10.4 5.5 10.2 6.2 8.7 4.5 6.7 6.7 4.5 8.7 6.2z" />
      <circle cx="12" cy="12" r="2.800" />
    </>
  ),
  leave: (
    <>
      <path d="M13.500 4H7a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h6.500M10.500 12H21M17.500 8.500 21 12l-3.500 3.500" />
    </>
  ),
  stageUp: (
    <>
      <path d="M3 20h18M6 20v-3.500h12V20M12 13V4M8.500 7.500 12 4l3.500 3.500" />
    </>
  ),
  stageDown: (
    <>
      <path d="M3 20h18M6 20v-3.500h12V20M12 4v9M8.500 9.500 12 13l3.500-3.500" />
    </>
  ),
  ask: (
    <>
      <path d="M8 12.500V6a1.500 1.500 0 0 1 3 0v5V4.500a1.500 1.500 0 0 1 3 0V11V6a1.500 1.500 0 0 1 3 0v8a7 7 0 0 1-7 7c-3 0-4.600-1.600-6-4l-1.700-3.200a1.400 1.400 0 0 1 2.300-1.500L8 15" />
    </>
  ),
  screen: (
    <>
      <rect x="3" y="4.500" width="18" height="12" rx="2" />
      <path d="M8.500 20h7M12 13.500v-6M9.500 9.800 12 7.300l2.500 2.500" />
    </>
  ),
  close: <path d="M6 6l12 12M18 6 6 18" />,
  dots: (
    <>
      <circle class="solid" cx="5.500" cy="12" r="1.600" />
      <circle class="solid" cx="12" cy="12" r="1.600" />
      <circle class="solid" cx="18.500" cy="12" r="1.600" />
    </>
  ),
  sound: <path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4 4 0 0 1 0 6M18 6.500a7.500 7.500 0 0 1 0 11" />,
  chat: <path d="M5.500 4.500h13a2.500 2.500 0 0 1 2.500 2.500v7a2.500 2.500 0 0 1-2.500 2.500H11l-5 4v-4h-.500A2.500 2.500 0 0 1 3 14V7a2.500 2.500 0 0 1 2.500-2.500z" />,
  question: (
    <>
      <path d="M5.500 4.500h13a2.500 2.500 0 0 1 2.500 2.500v7a2.500 2.500 0 0 1-2.500 2.500H11l-5 4v-4h-.500A2.500 2.500 0 0 1 3 14V7a2.500 2.500 0 0 1 2.500-2.500z" />
      <path d="M9.800 8.600a2.250 2.250 0 1 1 3.300 2c-.7.4-1.100.8-1.100 1.500M12 14v.1" />
    </>
  ),
  poll: (
    <>
      <rect x="3.500" y="11" width="4.500" height="9" rx="1.500" />
      <rect x="9.750" y="4" width="4.500" height="16" rx="1.500" />
      <rect x="16" y="14" width="4.500" height="6" rx="1.500" />
    </>
  ),
  hand: (
    <>
      <path d="M7 12.500V6.200a1.500 1.500 0 0 1 3 0V11M10 10.500V4.500a1.500 1.500 0 0 1 3 0v6M13 10.500V5.700a1.500 1.500 0 0 1 3 0v6" />
      <path d="M16 11V8.700a1.500 1.500 0 0 1 3 0V15a6 6 0 0 1-6 6h-.800a6 6 0 0 1-4.700-2.300L4.200 14.500a1.600 1.600 0 0 1 2.400-2.100L8 13.700" />
    </>
  ),
  weak: (
    <>
      <path d="M5 19.500v-3M10 19.500v-7M15 19.500v-4M20 19.500v-1" />
      <path d="M4 4l16 16" />
    </>
  ),
  layout: (
    <>
      <rect x="3" y="4.5" width="18" height="15" rx="2.500" />
      <path d="M15 4.500v15M15 9.500h6M15 14.500h6" />
    </>
  ),
  large: <path d="M14 4h6v6M20 4l-6.500 6.500M10 20H4v-6M4 20l6.500-6.500" />,
  asBefore: <path d="M20 10h-6V4M14 10l6.500-6.500M4 14h6v6M10 14l-6.500 6.500" />,
  fullScreen: <path d="M4 9V6a2 2 0 0 1 2-2h3M15 4h3a2 2 0 0 1 2 2v3M20 15v3a2 2 0 0 1-2 2h-3M9 20H6a2 2 0 0 1-2-2v-3" />,
  leaveFullScreen: <path d="M9 4v3a2 2 0 0 1-2 2H4M20 9h-3a2 2 0 0 1-2-2V4M15 20v-3a2 2 0 0 1 2-2h3M4 15h3a2 2 0 0 1 2 2v3" />,
  float: (
    <>
      <path d="M21 11V7a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h5" />
      <rect class="solid" x="13" y="14" width="9" height="6.500" rx="1.500" />
    </>
  ),
  up: <path d="m5.500 14.500 6.500-6.500 6.500 6.500" />,
  down: <path d="m5.500 9.500 6.500 6.500 6.500-6.500" />,
  back: <path d="M19.500 12h-15M10.500 6l-6 6 6 6" />,
  check: <path d="m5 12.500 4.700 4.700L19.500 7.300" />,
  plus: <path d="M12 5v14M5 12h14" />,
  react: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M8.200 14a4.200 4.200 0 0 0 7.600 0M9 9.500v.1M15 9.500v.1" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12.500" r="8" />
      <path d="M12 8v4.800l3 2M9.500 2.500h5" />
    </>
  ),
  pause: <path d="M9 6v12M15 6v12" />,
  spotlight: <path d="m12 3.500 2.600 5.400 5.900.8-4.300 4.100 1 5.900-5.200-2.800-5.200 2.800 1-5.900-4.300-4.100 5.900-.8z" />,
  reply: <path d="M9.500 6 4 11.500 9.500 17M4.500 11.500H14a6 6 0 0 1 6 6v1.500" />,
  heart: <path d="M12 20S3.500 15 3.500 9.200A4.700 4.700 0 0 1 12 6.500a4.700 4.700 0 0 1 8.500 2.700C20.500 15 12 20 12 20z" />,
  pin: <path d="M8.500 3.500h7M9.500 3.500v6L6.500 13v1.500h11V13l-3-3.500v-6M12 14.500V21" />,
  remove: <path d="M4.500 6.500h15M9.500 6.500V4h5v2.500M6.500 6.500l1 13.500h9l1-13.500M10.200 10.500v6M13.800 10.500v6" />,
  newest: <path d="M12 5v14M6 13l6 6 6-6" />,
  alert: <path d="M12 8v5M12 16.500v.1M12 3.500 2.800 19.500h18.400z" />,
} satisfies Record<string, ComponentChildren>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  );
}

/** The mark: a proscenium arch with light falling on the stage. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="arch" d="M4 27V14.500a12 12 0 0 1 24 0V27" />
      <path class="beam" d="M16 9l6.500 15.500h-13z" />
      <path class="floor" d="M2.500 27.500h27" />
    </svg>
  );
}
