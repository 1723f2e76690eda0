//! Who may call an operation, in words: what its scopes mean for keys and for
//! each role, asked of the rules themselves so that it stays true.

use app::{Authority, Caller};
use domain::{Role, Scope, UserId};
use utoipa::openapi::path::Operation;

/// Scopes of an operation, any of which lets a caller in.
pub(super) const X_SCOPES: &str = "x-scopes";

/// Adds a paragraph to the operation's description.
pub(super) fn write(operation: &mut Operation) {
    let scopes = operation.extensions.as_ref().and_then(|all| all.get(X_SCOPES));
    let scopes = scopes.and_then(serde_json::Value::as_array).into_iter().flatten();
    let scopes: Vec<_> = scopes.filter_map(|word| Scope::parse(word.as_str()?)).collect();
    let who = match (scopes.is_empty(), operation.security.is_some()) {
        (true, false) => "everyone.".to_owned(),
        (true, true) => "everyone who is signed in.".to_owned(),
        (false, _) => sentence(&scopes),
    };
    let description = operation.description.get_or_insert_default();
    if !description.is_empty() {
        description.push_str("\n\n");
    }
    description.push_str("**Who may call it:** ");
    description.push_str(&who);
}

fn sentence(scopes: &[Scope]) -> String {
    let words: Vec<_> = scopes.iter().map(|scope| format!("`{}`", scope.as_str())).collect();
    let keys = format!("keys with {}", words.join(" or "));
    let own = may(Role::Customer, scopes, ME).then(|| "customers, for what is theirs".to_owned());
    let staff: Vec<_> = [Role::Support, Role::Finance, Role::Admin]
        .into_iter()
        .filter(|role| may(*role, scopes, SOMEBODY))
        .map(Role::as_str)
        .collect();
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
