/**
 * One RTCPeerConnection: the page's own senders, and its receive-only slots. The page offers, the server answers; whoever comes on
 * stage changes tracks, never the session.
 */
import type { IceServer, Source, SourceMids } from "../signal/generated/messages";
import { preferCodecs } from "./codecs";

/** A place of this connection where somebody can be seen or heard. */
export interface Slot {
  readonly kind: "audio" | "video";
  readonly stream: MediaStream;
  readonly receiver: RTCRtpReceiver;
}

export interface Offer {
  readonly sdp: string;
  readonly sources: SourceMids;
}

/** Three sizes of one picture, smallest first: browsers expect them in this order. */
const CAMERA_LAYERS: RTCRtpEncodingParameters[] = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];
const SCREEN_BITRATE = 2_500_000;

/**
 * Chromium can do more than it offers by itself: send sound again when it is asked to, and find out how far away the server is when it only
 * watches, so that it asks for what it misses as soon as that makes sense. Others pass over both. Pure.
 */
export function offerRepair(sdp: string): string {
  return sdp
    .split(/(?=^m=)/mu)
    .map((section) => {
      if (section.startsWith("m=audio")) {
        return section.replace(/^a=rtpmap:(\d+) (?:opus|red)\/48000\/2\r?\n/gmu, "$&a=rtcp-fb:$1 nack\r\n");
      }
      if (!section.startsWith("m=video")) return section;
      return section.replace(/^a=rtpmap:(\d+) (?:VP8|VP9|H264|AV1)\/90000\r?\n/gmu, "$&a=rtcp-fb:$1 rrtr\r\n");
    })
    .join("");
}

export class Connection {
  readonly peer: RTCPeerConnection;
  readonly #sources: Readonly<Record<Source, RTCRtpTransceiver>>;
  readonly #receiving: { kind: "audio" | "video"; transceiver: RTCRtpTransceiver; stream: MediaStream }[] = [];

  constructor(
    /** Counts this page's connections from 1. */
    readonly number: number,
    slots: { audio: number; video: number },
    iceServers: IceServer[],
  ) {
    this.peer = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
    this.#sources = {
      mic: this.#sender("audio"),
      camera: this.#sender("video", CAMERA_LAYERS),
      screen: this.#sender("video", [{ maxBitrate: SCREEN_BITRATE }]),
    };
    this.grow(slots);
  }

  #sender(kind: "audio" | "video", sendEncodings?: RTCRtpEncodingParameters[]): RTCRtpTransceiver {
    const init: RTCRtpTransceiverInit = { direction: "sendonly" };
    const transceiver = this.peer.addTransceiver(kind, sendEncodings === undefined ? init : { ...init, sendEncodings });
    preferCodecs(transceiver, kind);
    return transceiver;
  }

  /** Adds slots until there are so many; whether any were added. They come to life with the next offer. */
  grow(to: { audio: number; video: number }): boolean {
    let grown = false;
    for (const kind of ["audio", "video"] as const) {
      for (let have = this.#receiving.filter((slot) => slot.kind === kind).length; have < to[kind]; have += 1) {
        const transceiver = this.peer.addTransceiver(kind, { direction: "recvonly" });
        preferCodecs(transceiver, kind);
        this.#receiving.push({ kind, transceiver, stream: new MediaStream([transceiver.receiver.track]) });
        grown = true;
      }
    }
    return grown;
  }

  /**
   * The next offer restarts ICE: paths are looked for anew, over these TURN servers too, while what flows goes on. `found` is called once one is;
   * whether it will be, for not every browser tells.
   */
  restartIce(iceServers: IceServer[], found: () => void): boolean {
    this.peer.setConfiguration({ ...this.peer.getConfiguration(), iceServers });
    this.peer.restartIce();
    const transport = this.#sources.mic.sender.transport?.iceTransport;
    transport?.addEventListener("selectedcandidatepairchange", found, { once: true });
    return transport !== undefined;
  }

  async offer(): Promise<Offer> {
    const offer = await this.peer.createOffer();
    await this.peer.setLocalDescription({ type: "offer", sdp: offerRepair(offer.sdp ?? "") });
    const sources: SourceMids = {};
    for (const source of ["mic", "camera", "screen"] as const) {
      const mid = this.#sources[source].mid;
      if (mid !== null) sources[source] = mid;
    }
    return { sdp: this.peer.localDescription?.sdp ?? "", sources };
  }

  async answer(sdp: string): Promise<void> {
    await this.peer.setRemoteDescription({ type: "answer", sdp });
  }

  /** Sends this track, or nothing. */
  async attach(source: Source, track: MediaStreamTrack | null): Promise<void> {
    const { sender } = this.#sources[source];
    if (sender.track !== track) await sender.replaceTrack(track);
  }

  /** Sends so many layers of the camera, the smallest ones, and at least one. */
  async limit(layers: number): Promise<void> {
    const { sender } = this.#sources.camera;
    const parameters = sender.getParameters();
    const wanted = parameters.encodings.map((_, at) => at < Math.max(1, layers));
    if (parameters.encodings.every((encoding, at) => encoding.active === wanted[at])) return;
    parameters.encodings.forEach((encoding, at) => (encoding.active = wanted[at] ?? true));
    await sender.setParameters(parameters);
  }

  /** The slots that have their m-line, by its mid. */
  slots(): Map<string, Slot> {
    const found = new Map<string, Slot>();
    for (const { kind, transceiver, stream } of this.#receiving) {
      if (transceiver.mid !== null) found.set(transceiver.mid, { kind, stream, receiver: transceiver.receiver });
    }
    return found;
  }

  /** Where what is shown comes in. */
  receivers(): RTCRtpReceiver[] {
    return this.#receiving.map(({ transceiver }) => transceiver.receiver);
  }

  close(): void {
    this.peer.onconnectionstatechange = null;
    this.peer.close();
  }
}
