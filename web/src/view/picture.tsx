/** A stream as a picture. Sound never comes from here. */
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";

export interface PictureProps {
  readonly stream: MediaStream | null;
  /** Called with the element that shows it; what it returns is called when it does no more. */
  readonly shows?: (element: HTMLVideoElement) => () => void;
  readonly mirrored?: boolean;
  readonly label?: string;
}

export function Picture({ stream, shows, mirrored = false, label }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    const element = video.current;
    if (element === null || element.srcObject === stream) return;
    element.srcObject = stream;
    if (stream !== null) void element.play().catch(() => undefined);
  }, [stream]);
  useLayoutEffect(() => (video.current === null ? undefined : shows?.(video.current)), [shows]);
  return <video ref={video} class={mirrored ? "mirrored" : ""} autoPlay playsInline muted aria-label={label} />;
}

/** A stream of this one track; the same as long as the track is. */
export function useStreamOf(track: MediaStreamTrack | null): MediaStream | null {
  return useMemo(() => (track === null ? null : new MediaStream([track])), [track]);
}
