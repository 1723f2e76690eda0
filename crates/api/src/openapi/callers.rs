//! Who may call an operation, in words: what its scopes mean for keys and for
//! each role, asked of the rules themselves so that it stays true.

use app::{Authority, Caller};
use domain::{Role, Scope, UserId};
use utoipa::openapi::path::Operation;

/// Scopes of an operation, any of which lets a caller in.
pub(super) const X_SCOPES: &str = "x-scopes";

/// The roles of an operation, where they don't follow from its scopes. They are
/// said in words and taken out of the document.
const X_ROLES: &str = "x-roles";

/// Adds a paragraph to the operation's description.
pub(super) fn write(operation: &mut Operation) {
    let roles = operation.extensions.as_mut().and_then(|all| all.remove(X_ROLES));
    let roles = roles.map(|words| serde_json::from_value::<Vec<String>>(words).unwrap_or_default());
    let scopes = operation.extensions.as_ref().and_then(|all| all.get(X_SCOPES));
    let scopes = scopes.and_then(serde_json::Value::as_array).into_iter().flatten();
    let scopes: Vec<_> = scopes.filter_map(|word| Scope::parse(word.as_str()?)).collect();
    let who = match (scopes.is_empty(), is_open(operation)) {
        (true, true) => "everyone.".to_owned(),
        (true, false) => "everyone who is signed in.".to_owned(),
        (false, _) => sentence(&scopes, roles),
    };
    let description = operation.description.get_or_insert_default();
    if !description.is_empty() {
        description.push_str("\n\n");
    }
    description.push_str("**Who may call it:** ");
    description.push_str(&who);
}

/// Whether nobody has to say who they are.
fn is_open(operation: &Operation) -> bool {
    let ways = serde_json::to_value(&operation.security).unwrap_or_default();
    ways.as_array().is_none_or(|ways| ways.contains(&serde_json::json!({})))
}

/// Where roles are given, a customer's own is not enough.
fn sentence(scopes: &[Scope], roles: Option<Vec<String>>) -> String {
    let words: Vec<_> = scopes.iter().map(|scope| format!("`{}`", scope.as_str())).collect();
    let keys = format!("keys with {}", words.join(" or "));
    let own = roles.is_none() && may(Role::Customer, scopes, ME);
    let own = own.then(|| "customers, for what is theirs".to_owned());
    let staff = roles.unwrap_or_else(|| {
        let staff = [Role::Support, Role::Finance, Role::Admin].into_iter();
        let staff = staff.filter(|role| may(*role, scopes, SOMEBODY));
        staff.map(|role| role.as_str().to_owned()).collect()
    });
    let staff = (!staff.is_empty()).then(|| format!("the roles {}", staff.join(", ")));
    let parts: Vec<_> = [Some(keys), own, staff].into_iter().flatten().collect();
    format!("{}.", parts.join("; "))
}

const ME: UserId = UserId::from_number(1);
const SOMEBODY: UserId = UserId::from_number(2);

fn may(role: Role, scopes: &[Scope], owner: UserId) -> bool {
    let caller = Caller { authority: Authority::User { id: ME, role }, request: None };
    scopes.iter().any(|scope| caller.may(*scope, owner))
}
