"""A learning platform on an independent implementation of LTI 1.3 (lti1p3platform), which behaves as Sakai does where Sakai has ways of its
own: it begins launches with `lti_storage_target=_parent`, keeps things for tools by postMessage, allows its frames camera and microphone but
no `display-capture`, and puts whatever is opened into a frame of its site's page.

`lti_platform.py PORT TOOL` serves http://localhost:PORT, prints one line when it is ready, and ends when its standard input is closed. What it
was told stands at `/told` as JSON. People, by login hint: see PEOPLE.
"""

import asyncio
import html
import json
import sys
from urllib.parse import parse_qsl

from aiohttp import web
from jwcrypto.jwk import JWK
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
# By what Sakai calls its site's people; the hint has bytes that are easily changed on the way.
PEOPLE = {
    "teacher+1==/%41": ("Mo Teacher", [f"{MEMBERSHIP}#Instructor"]),
    "student&2=ü ": ("Ada Student", [f"{MEMBERSHIP}#Learner"]),
    "assistant": ("Ta Assistant", [f"{MEMBERSHIP}/Instructor#TeachingAssistant", f"{MEMBERSHIP}#Instructor"]),
    "absent": ("Bob Absent", [f"{MEMBERSHIP}#Learner"]),
}
CLIENT, DEPLOYMENT = "proscenium-at-sakai", "1"
AGS, NRPS, DL = "lti-ags", "lti-nrps", "lti-dl"


class Platform(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, base, tool):
        self.base = base
        self.rotate()
        self._registration = (
            Registration()
            .set_iss(base)
            .set_client_id(CLIENT)
            .set_deployment_id(DEPLOYMENT)
            .set_launch_url(f"{tool}/lti/launch")
            .set_deeplink_launch_url(f"{tool}/lti/launch")
            .set_oidc_login_url(f"{tool}/lti/login")
            .set_tool_key_set_url(f"{tool}/lti/jwks")
        )
        self.set_keys()

    def rotate(self):
        self.key = JWK.generate(kty="RSA", size=2048)

    def set_keys(self):
        self._registration.set_platform_private_key(self.key.export_to_pem(private_key=True, password=None).decode())
        self._registration.set_platform_public_key(self.key.export_to_pem().decode())

    def get_registration_by_params(self, **_):
        return self._registration


class Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, hint):
        self._lti_message_hint = hint

    def get_redirect(self, url):
        return url


class Launch(LTIAdvantageMessageLaunchAbstract):
    def get_preflight_response(self):
        return self._request

    def render_launch_form(self, launch_data, **_):
        fields = "".join(f'<input type="hidden" name="{name}" value="{html.escape(launch_data[name])}">' for name in ("id_token", "state"))
        form = f'<form method="POST" action="{html.escape(launch_data["launch_url"])}">{fields}</form>'
        return page(form + "<script>document.forms[0].submit()</script>")


def page(body):
    return web.Response(text=f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Biology 101 : Sakai</title>{body}', content_type="text/html")


# What Sakai's portal keeps for tools (LTI Client Side postMessages).
STORAGE = """<script>
const kept = new Map();
addEventListener("message", ({ data, source, origin }) => {
  const { subject, message_id, key, value } = data ?? {};
  if (subject === "lti.put_data") kept.set(origin + key, value);
  if (subject === "lti.put_data" || subject === "lti.get_data")
    source.postMessage({ subject: subject + ".response", message_id, key, value: kept.get(origin + key) }, origin);
});
</script>"""
STYLE = """<style>body { margin: 0; font: 16px sans-serif } header { padding: 12px 16px; background: #0f4b6f; color: #fff }
iframe { border: 0; width: 100%; height: calc(100vh - 45px); display: block }</style>"""
# With the star: the frame begins at the site itself, and what is allowed to that is not allowed to the tool.
ALLOW = "camera *; microphone *; autoplay *; fullscreen *"


class Site:
    """The platform's pages and services."""

    def __init__(self, base, tool):
        self.base, self.platform = base, Platform(base=base, tool=tool)
        self.told = {"scores": [], "line_items": [], "items": [], "logins": [], "registrations": []}
        self.down = False

    def routes(self):
        return [
            web.get("/site", self.site),
            web.get("/start", self.start),
            web.get("/auth", self.auth),
            web.get("/keys", self.keys),
            web.get("/.well-known/openid-configuration", self.configuration),
            web.post("/register", self.register),
            web.post("/token", self.token),
            web.get("/members", self.members),
            web.get("/line_items", self.list_items),
            web.post("/line_items", self.make_item),
            web.post("/line_items/{number}/scores", self.score),
            web.post("/chosen", self.chosen),
            web.get("/told", lambda _: asyncio.sleep(0, web.json_response(self.told))),
            web.post("/rotate", self.rotate),
            web.post("/down", self.go_down),
        ]

    async def site(self, request):
        src = html.escape(f"/start?{request.url.raw_query_string}")
        return page(f'{STYLE}{STORAGE}<header>Biology 101</header><iframe title="Tool" name="tool" allow="{ALLOW}" src="{src}"></iframe>')

    async def start(self, request):
        login = Login(request, self.platform)
        # Which message it is to be, as Sakai keeps it: opaque to the tool.
        login.set_lti_message_hint(request.url.raw_query_string)
        url = login.initiate_login(request.query["user"])
        if request.query.get("storage"):
            url += "&lti_storage_target=_parent"
        # As it is: what makes a URL of a text here would spell its query anew.
        return web.Response(status=302, headers={"Location": url})

    async def configuration(self, _):
        addresses = {"authorization_endpoint": "auth", "jwks_uri": "keys", "token_endpoint": "token", "registration_endpoint": "register"}
        product = {"https://purl.imsglobal.org/spec/lti-platform-configuration": {"product_family_code": "sakai"}}
        return web.json_response({"issuer": self.base, **{name: f"{self.base}/{path}" for name, path in addresses.items()}, **product})

    async def register(self, request):
        tool = json.loads(await request.text())
        self.told["registrations"].append(tool)
        deployed = {"https://purl.imsglobal.org/spec/lti-tool-configuration": {"deployment_id": DEPLOYMENT}}
        return web.json_response({**tool, "client_id": CLIENT, **deployed})

    async def auth(self, request):
        asked = dict(request.query)
        if "login_hint" not in asked:
            raise web.HTTPBadRequest()
        self.told["logins"].append(asked)
        name, roles = PEOPLE[asked["login_hint"]]
        wanted = dict(parse_qsl(asked["lti_message_hint"]))
        launch = Launch(asked, self.platform)
        launch.set_user_data(asked["login_hint"], roles, full_name=name)
        launch.set_launch_context_claim("site-1", [f"{MEMBERSHIP}#CourseSection"], "Biology 101", "BIO101")
        launch.set_nrps(f"{self.base}/members")
        launch.set_ags(f"{self.base}/line_items")
        launch.set_launch_presentation_claim("iframe", f"{self.base}/site")
        launch.lti_claim_launch_presentation["https://purl.imsglobal.org/spec/lti/claim/launch_presentation"]["locale"] = wanted.get("locale", "en_US")
        custom = {key: value for key, value in wanted.items() if key in ("room", "stage_access", "grade")}
        launch.set_custom_parameters_claim(custom)
        if wanted.get("message") == "choose":
            launch.set_dl(f"{self.base}/chosen", title="", accept_types={"ltiResourceLink"}, extra_data={"csrf": "as it came"})
        else:
            launch.set_resource_link_claim(wanted.get("link", "link-1"), title=wanted.get("title", "Lecture hall"))
        return launch.lti_launch()

    async def keys(self, _):
        self.refuse_when_down()
        return web.json_response(self.platform.get_jwks())

    async def token(self, request):
        self.refuse_when_down()
        form = dict(await request.post())
        # The library asks the tool for its keys, and would wait for it within the loop.
        answer = await asyncio.get_running_loop().run_in_executor(None, self.platform.get_access_token, form)
        return web.json_response(answer)

    def allow(self, request, scope):
        self.refuse_when_down()
        bearer = request.headers["Authorization"].removeprefix("Bearer ")
        if not self.platform.validate_token(bearer, [f"https://purl.imsglobal.org/spec/{scope}"]):
            raise web.HTTPForbidden()

    async def members(self, request):
        self.allow(request, f"{NRPS}/scope/contextmembership.readonly")
        members = [{"status": "Active", "user_id": hint, "name": name, "roles": roles} for hint, (name, roles) in PEOPLE.items()]
        # Two pages, as of a long list.
        if "page" in request.query:
            found, headers = members[2:], {}
        else:
            found, headers = members[:2], {"Link": f'<{self.base}/members?page=2>; rel="next"'}
        return web.json_response({"id": f"{self.base}/members", "members": found}, headers=headers)

    async def list_items(self, request):
        self.allow(request, f"{AGS}/scope/lineitem")
        return web.json_response(self.told["line_items"])

    async def make_item(self, request):
        self.allow(request, f"{AGS}/scope/lineitem")
        item = json.loads(await request.text())
        item["id"] = f"{self.base}/line_items/{len(self.told['line_items']) + 1}?type=proscenium"
        self.told["line_items"].append(item)
        return web.json_response(item, status=201)

    async def score(self, request):
        self.allow(request, f"{AGS}/scope/score")
        self.told["scores"].append({"item": request.match_info["number"], **json.loads(await request.text())})
        return web.Response()

    async def chosen(self, request):
        form = dict(await request.post())
        check = self.platform.validate_deeplinking_resp
        items = await asyncio.get_running_loop().run_in_executor(None, check, form)
        self.told["items"].append({"items": items, "message": self.platform._jwt["body"]})
        return page("<h1>Added to Biology 101</h1>")

    async def rotate(self, _):
        self.platform.rotate()
        self.platform.set_keys()
        return web.Response()

    async def go_down(self, request):
        self.down = (await request.text()) == "true"
        return web.Response()

    def refuse_when_down(self):
        if self.down:
            raise web.HTTPServiceUnavailable()


async def main():
    port, tool = int(sys.argv[1]), sys.argv[2]
    app = web.Application()
    app.add_routes(Site(f"http://localhost:{port}", tool).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "localhost", port).start()
    print(json.dumps({"event": "ready"}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


asyncio.run(main())
