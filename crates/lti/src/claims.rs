//! Names of claims and of what stands in them.

/// What kind of message it is.
pub const MESSAGE_TYPE: &str = "https://purl.imsglobal.org/spec/lti/claim/message_type";
/// Of LTI: [`VERSION_1_3`].
pub const VERSION: &str = "https://purl.imsglobal.org/spec/lti/claim/version";
/// Which of a platform's installations of the tool it is.
pub const DEPLOYMENT_ID: &str = "https://purl.imsglobal.org/spec/lti/claim/deployment_id";
/// What the link leads to.
pub const TARGET_LINK_URI: &str = "https://purl.imsglobal.org/spec/lti/claim/target_link_uri";
/// The link itself.
pub const RESOURCE_LINK: &str = "https://purl.imsglobal.org/spec/lti/claim/resource_link";
/// The course or site.
pub const CONTEXT: &str = "https://purl.imsglobal.org/spec/lti/claim/context";
/// What the person is there.
pub const ROLES: &str = "https://purl.imsglobal.org/spec/lti/claim/roles";
/// Parameters of the link, in the tool's own words.
pub const CUSTOM: &str = "https://purl.imsglobal.org/spec/lti/claim/custom";
/// How the tool is shown.
pub const LAUNCH_PRESENTATION: &str = "https://purl.imsglobal.org/spec/lti/claim/launch_presentation";
/// Which software the platform runs.
pub const TOOL_PLATFORM: &str = "https://purl.imsglobal.org/spec/lti/claim/tool_platform";
/// Where to ask who belongs to the context.
pub const NAMES_AND_ROLES: &str = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice";
/// Where results go.
pub const GRADES: &str = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint";
/// How something may be chosen.
pub const DEEP_LINKING: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings";
/// What was chosen.
pub const CONTENT_ITEMS: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items";
/// Given back as it came.
pub const DEEP_LINKING_DATA: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/data";

/// The version of LTI in every message.
pub const VERSION_1_3: &str = "1.3.0";
/// Somebody opens a link.
pub const RESOURCE_LINK_REQUEST: &str = "LtiResourceLinkRequest";
/// Somebody adds a link.
pub const DEEP_LINKING_REQUEST: &str = "LtiDeepLinkingRequest";
/// What they added.
pub const DEEP_LINKING_RESPONSE: &str = "LtiDeepLinkingResponse";

/// To read who belongs to a context.
pub const SCOPE_NAMES: &str = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly";
/// To make columns of a gradebook.
pub const SCOPE_LINE_ITEM: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem";
/// To fill them in.
pub const SCOPE_SCORE: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/score";
