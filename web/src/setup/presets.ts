/** The addresses that each kind of platform is known to have. Pure. */

export const PRESETS = ["sakai", "moodle", "canvas", "blackboard", "other"] as const;
export type Preset = (typeof PRESETS)[number];

/** What a preset fills in. */
export const FILLED = ["issuer", "login_url", "jwks_url", "token_url"] as const;
export type Filled = Readonly<Record<(typeof FILLED)[number], string>>;

const NOTHING: Filled = { issuer: "", login_url: "", jwks_url: "", token_url: "" };

/** Those whose addresses follow from where they are installed; the others are in one place for all. */
export function asksForBase(preset: Preset): boolean {
  return preset === "sakai" || preset === "moodle";
}

/** `base`: the platform's address, as a person types it. Nothing is filled in while it is none. */
export function filled(preset: Preset, base: string): Filled {
  const at = asksForBase(preset) ? baseOf(preset, base) : "";
  if (asksForBase(preset) && at === "") return NOTHING;
  switch (preset) {
    case "sakai":
      return { issuer: at, login_url: `${at}/imsoidc/lti13/oidc_auth`, jwks_url: `${at}/imsblis/lti13/keyset`, token_url: `${at}/imsblis/lti13/token/1` };
    case "moodle":
      return { issuer: at, login_url: `${at}/mod/lti/auth.php`, jwks_url: `${at}/mod/lti/certs.php`, token_url: `${at}/mod/lti/token.php` };
    case "canvas":
      return {
        issuer: "https://canvas.instructure.com",
        login_url: "https://sso.canvaslms.com/api/lti/authorize_redirect",
        jwks_url: "https://sso.canvaslms.com/api/lti/security/jwks",
        token_url: "https://sso.canvaslms.com/login/oauth2/token",
      };
    case "blackboard":
      return {
        issuer: "https://blackboard.com",
        login_url: "https://developer.blackboard.com/api/v1/gateway/oidcauth",
        jwks_url: "https://developer.blackboard.com/.well-known/jwks.json",
        token_url: "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
      };
    case "other":
      return NOTHING;
  }
}

/** Which one it probably is: those in one place for all are known by their issuer, and whoever begins begins with Sakai. */
export function presetOf(issuer: string): Preset {
  return PRESETS.find((preset) => !asksForBase(preset) && issuer !== "" && filled(preset, "").issuer === issuer) ?? "sakai";
}

/** Without a slash at its end, and with the https that people leave out. Of Sakai one copies the portal's address. */
function baseOf(preset: Preset, typed: string): string {
  const trimmed = typed.trim();
  if (trimmed === "") return "";
  const address = /^[a-z][a-z0-9+.-]*:\/\//iu.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (!URL.canParse(address)) return "";
  const { protocol, origin, pathname } = new URL(address);
  if (protocol !== "https:" && protocol !== "http:") return "";
  const path = preset === "sakai" ? pathname.replace(/\/portal(\/.*)?$/u, "") : pathname;
  return (origin + path).replace(/\/+$/u, "");
}

/** `now` with what another preset or base fills in; whatever a person wrote by hand stays. */
export function refilled<Fields extends Filled>(now: Fields, before: Filled, after: Filled): Fields {
  const changed = FILLED.filter((field) => now[field] === before[field]).map((field) => [field, after[field]]);
  return { ...now, ...Object.fromEntries(changed) };
}
