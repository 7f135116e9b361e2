// Somebody for a camera to look at: a drawn head and shoulders, which holds still or sways a little.

/** Wall, skin and clothes of each. */
export const PORTRAITS = [
  ["#3d5a80", "#e0a899", "#293241"],
  ["#6d597a", "#f2cc8f", "#355070"],
  ["#588157", "#c68642", "#6a040f"],
];

/** Runs in the page, before it asks for a camera. `sway` is in pixels; who holds still is the same in every picture. */
export function standForPortrait([wall, skin, clothes, sway = 0]) {
  const rate = sway > 0 ? 20 : 5;
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (!wanted.video) return real(wanted);
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const brush = canvas.getContext("2d");
    const oval = (color, x, y, wide, high) => {
      brush.fillStyle = color;
      brush.beginPath();
      brush.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI);
      brush.fill();
    };
    // Drawn again and again, for a canvas that nobody touches sends no frame.
    setInterval(() => {
      const aside = sway * Math.sin(performance.now() / 700);
      const light = brush.createLinearGradient(0, 0, 1280, 720);
      light.addColorStop(0, "#f4f1de");
      light.addColorStop(1, wall);
      brush.fillStyle = light;
      brush.fillRect(0, 0, 1280, 720);
      oval(clothes, 640 + aside / 2, 760, 330, 270);
      oval(skin, 640 + aside, 500, 80, 110);
      oval("#3b2f2f", 640 + aside, 320, 165, 180);
      oval(skin, 640 + aside, 350, 135, 165);
    }, 1000 / rate);
    const sound = wanted.audio ? (await real({ audio: wanted.audio })).getTracks() : [];
    return new MediaStream([...canvas.captureStream(rate).getVideoTracks(), ...sound]);
  };
}
