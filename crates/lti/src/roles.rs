//! From a platform's roles to a room's (LTI Core 1.3, appendix A.2: the LIS vocabulary).
//!
//! Names are compared whole: a part of one, or one that is alike, means nothing. A role of the institution (`institution/person#Instructor`)
//! says what somebody is elsewhere and makes nobody a host of this course's room; only its administrators are administrators everywhere.

use std::collections::BTreeMap;

use stage::Role;

const MEMBERSHIP_INSTRUCTOR: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor";
const SHORT_INSTRUCTOR: &str = "Instructor";

/// What each role makes of somebody. Everything else makes a viewer.
const TABLE: &[(&str, Role)] = &[
    ("http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator", Role::Host),
    ("http://purl.imsglobal.org/vocab/lis/v2/system/person#SysAdmin", Role::Host),
    ("http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator", Role::Host),
    ("http://purl.imsglobal.org/vocab/lis/v2/membership#Administrator", Role::Host),
    ("http://purl.imsglobal.org/vocab/lis/v2/membership/Administrator#Administrator", Role::Host),
    (MEMBERSHIP_INSTRUCTOR, Role::Host),
    ("http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant", Role::Moderator),
    ("http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor#TeachingAssistant", Role::Moderator),
    ("http://purl.imsglobal.org/vocab/lis/v2/membership#ContentDeveloper", Role::Speaker),
    ("http://purl.imsglobal.org/vocab/lis/v2/membership/ContentDeveloper#ContentDeveloper", Role::Speaker),
    // Of the course, without their vocabulary (LTI Core 1.3, A.2.3: "simple names" stand for these).
    ("Administrator", Role::Host),
    (SHORT_INSTRUCTOR, Role::Host),
    ("ContentDeveloper", Role::Speaker),
];

/// A teaching assistant's sub-role, which comes together with its principal role, the instructor's: then the sub-role counts.
const ASSISTANTS: [&str; 2] = [
    "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant",
    "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor#TeachingAssistant",
];

/// What somebody with these roles is in a room: the highest that one of them gives. `overrides` is the registration's own word for a role.
pub fn role(roles: &[String], overrides: &BTreeMap<String, Role>) -> Role {
    let assists = roles.iter().any(|role| ASSISTANTS.contains(&role.as_str()));
    let counts = |role: &&String| {
        let principal = [MEMBERSHIP_INSTRUCTOR, SHORT_INSTRUCTOR].contains(&role.as_str());
        !(assists && principal)
    };
    let given = roles.iter().filter(counts).map(|role| one(role, overrides));
    given.max().unwrap_or(Role::Viewer)
}

fn one(role: &str, overrides: &BTreeMap<String, Role>) -> Role {
    if let Some(role) = overrides.get(role) {
        return *role;
    }
    TABLE.iter().find(|(name, _)| *name == role).map_or(Role::Viewer, |(_, role)| *role)
}
