"""Launch messages with the verdict of another LTI 1.3 tool library (PyLTI1p3), for crates/lti/tests: `lti_vectors.py KEY.pem > FILE.json`.

Each message is signed now; the file says when, and a reader takes that for the time.
"""

import json
import sys
import time

import jwt
from jwcrypto.jwk import JWK
from pylti1p3.cookie import CookieService
from pylti1p3.launch_data_storage.base import LaunchDataStorage
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config import ToolConfDict

ISSUER, CLIENT, NONCE, STATE = "https://sakai.example.edu", "abc", "n-1", "s-1"
LTI, DL = "https://purl.imsglobal.org/spec/lti/claim", "https://purl.imsglobal.org/spec/lti-dl/claim"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


class Form(Request):
    def __init__(self, token):
        self.fields, self.kept = {"id_token": token, "state": STATE}, {}

    @property
    def session(self):
        return self.kept

    def get_param(self, key):
        return self.fields.get(key)

    def is_secure(self):
        return True


class Cookies(CookieService):
    def get_cookie(self, name):
        return STATE

    def set_cookie(self, name, value, exp=3600):
        pass


class Launch(MessageLaunch):
    def _get_request_param(self, key):
        return self._request.get_param(key)


def claims(now):
    return {
        "iss": ISSUER, "aud": CLIENT, "sub": "student-7", "iat": now, "exp": now + 300, "nonce": NONCE, "name": "Ada",
        f"{LTI}/message_type": "LtiResourceLinkRequest", f"{LTI}/version": "1.3.0", f"{LTI}/deployment_id": "1",
        f"{LTI}/target_link_uri": "https://stage.example.edu/lti/launch", f"{LTI}/resource_link": {"id": "content:3"},
        f"{LTI}/roles": [LEARNER],
    }


def cases(now):
    choose = {
        f"{LTI}/message_type": "LtiDeepLinkingRequest", f"{LTI}/resource_link": None,
        f"{DL}/deep_linking_settings": {
            "deep_link_return_url": f"{ISSUER}/return", "accept_types": ["ltiResourceLink"], "accept_presentation_document_targets": ["iframe"],
        },
    }
    return {
        "a launch": {},
        "adding a link": choose,
        "audience in a list": {"aud": [CLIENT]},
        "another audience": {"aud": "other"},
        "another issuer": {"iss": "https://evil.example"},
        "another nonce": {"nonce": "n-2"},
        "no nonce": {"nonce": None},
        "another deployment": {f"{LTI}/deployment_id": "2"},
        "no deployment": {f"{LTI}/deployment_id": None},
        "another version": {f"{LTI}/version": "1.1.0"},
        "another message": {f"{LTI}/message_type": "LtiNothingRequest"},
        "no link": {f"{LTI}/resource_link": None},
        "a link without id": {f"{LTI}/resource_link": {"title": "x"}},
        "no roles": {f"{LTI}/roles": None},
        "over": {"iat": now - 7200, "exp": now - 3600},
        "not begun": {"nbf": now + 3600},
        "adding a link that takes no links": {**choose, f"{DL}/deep_linking_settings": {**choose[f"{DL}/deep_linking_settings"], "accept_types": ["html"]}},
        "a context and custom parameters": {f"{LTI}/context": {"id": "c", "title": "Biology"}, f"{LTI}/custom": {"room": "r"}},
    }


def verdict(token, keys):
    config = ToolConfDict({ISSUER: {
        "default": True, "client_id": CLIENT, "auth_login_url": f"{ISSUER}/a", "auth_token_url": f"{ISSUER}/t", "auth_audience": None,
        "key_set_url": None, "key_set": keys, "deployment_ids": ["1"],
    }})
    request = Form(token)
    session = SessionService(request)
    session.save_nonce(NONCE)
    session.save_state_params(STATE, {})
    launch = Launch(request, config, session, Cookies())
    try:
        launch.validate()
        return None
    # An unknown issuer is no LtiException there.
    except Exception as refused:
        return str(refused)


def main():
    now = int(time.time())
    with open(sys.argv[1], "rb") as file:
        pem = file.read()
    key = JWK.from_pem(pem)
    public = {**json.loads(key.export_public()), "alg": "RS256", "use": "sig"}
    other = JWK.generate(kty="RSA", size=2048)
    vectors = []

    def add(name, body, signing=pem, kid=public["kid"], algorithm="RS256"):
        token = jwt.encode(body, signing, algorithm=algorithm, headers={"kid": kid})
        vectors.append({"name": name, "token": token, "refused": verdict(token, {"keys": [public]})})

    for name, changes in cases(now).items():
        body = {claim: value for claim, value in {**claims(now), **changes}.items() if value is not None}
        add(name, body)
    add("another's key under the platform's name", claims(now), other.export_to_pem(private_key=True, password=None))
    add("a key of another name", claims(now), other.export_to_pem(private_key=True, password=None), "foreign")
    add("unsigned", claims(now), None, algorithm="none")
    add("a shared secret", claims(now), public["n"], algorithm="HS256")
    json.dump({"now": now, "nonce": NONCE, "keys": {"keys": [public]}, "vectors": vectors}, sys.stdout, indent=1)


main()
