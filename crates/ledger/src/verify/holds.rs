//! What a record may do to holds: place one, and change open ones as its kind
//! does. A hold is settled once.

use super::{Seen, demand};
use crate::credits::Credits;
use crate::hold::{Hold, HoldChange, HoldState, HoldStatus, HoldTerms};
use crate::id::HoldId;
use crate::record::Kind;
use crate::time::Time;

/// The deepest a hold nests, and the longest it lives: as they are for ever in
/// the records of this format.
const DEPTH_MAX: i64 = 8;
const LIFE_MAX: i64 = 30 * Time::DAY;

/// H1 of the holds that a record changes.
pub(super) fn check(seen: &Seen<'_>) -> Result<(), &'static str> {
    let changes = &seen.record.holds;
    let once = changes.iter().enumerate().all(|(place, change)| {
        changes.iter().skip(place).skip(1).all(|other| other.id != change.id)
    });
    demand(once, "it changes a hold twice")?;
    let about = match seen.kind {
        Kind::Authorize | Kind::Extend | Kind::Capture | Kind::Release | Kind::Lapse => true,
        _ => return demand(changes.is_empty(), "it changes holds, which its kind does not"),
    };
    demand(about != changes.is_empty(), "it changes no hold, which its kind does")?;
    let places = seen.kind == Kind::Authorize;
    for (place, change) in changes.iter().enumerate() {
        match &change.made {
            Some(terms) if places && place == 0 => check_placed(seen, change, terms)?,
            None if !places || place > 0 => check_changed(seen, change, place)?,
            _ => return Err("it places a hold, which its kind does not, or none (H1)"),
        }
    }
    if seen.kind == Kind::Capture { check_captured(seen) } else { Ok(()) }
}

/// A new hold, on an open parent where it has one.
fn check_placed(
    seen: &Seen<'_>,
    change: &HoldChange,
    terms: &HoldTerms,
) -> Result<(), &'static str> {
    let state = &change.state;
    let zero = Credits::ZERO;
    let figures =
        [state.captured, state.captured_by_children, state.released, state.reserved_by_children];
    let fresh = change.id == HoldId(seen.record.seq)
        && state.amount.is_positive()
        && figures == [zero; 4]
        && state.children_open == 0
        && state.status == HoldStatus::Open;
    demand(fresh, "the hold it places is not a new one (H1)")?;
    let depth = match terms.parent {
        None => Some(1),
        Some(id) => seen.wallet.hold(id).and_then(|parent| parent.terms.depth.checked_add(1)),
    };
    demand(depth == Some(terms.depth) && terms.depth <= DEPTH_MAX, "its hold nests wrongly")?;
    demand(state.expires_at.since(terms.created_at) <= LIFE_MAX, "its hold lives too long")
}

/// An open hold, changed as the kind does; the first is the one it is about.
fn check_changed(seen: &Seen<'_>, change: &HoldChange, place: usize) -> Result<(), &'static str> {
    let before = seen.wallet.hold(change.id).ok_or("it settles a hold that is not open (H1)")?;
    let (was, is) = (&before.state, &change.state);
    let own = place == 0;
    demand(is.status == HoldStatus::Open || own, "it settles another hold (H1)")?;
    check_status(seen, was, is)?;
    let later =
        is.expires_at >= was.expires_at && is.expires_at.since(before.terms.created_at) <= LIFE_MAX;
    let extended = was.expires_at == is.expires_at || (seen.kind == Kind::Extend && own && later);
    demand(extended, "it moves a hold's expiry wrongly")?;
    let captures = seen.kind == Kind::Capture;
    let taken = was.amount == is.amount
        && was.captured == is.captured
        && was.captured_by_children == is.captured_by_children;
    demand(taken || captures, "it captures, which its kind does not (H1)")?;
    let freed = was.released == is.released || is.status != HoldStatus::Open;
    demand(freed && is.released >= was.released, "it releases of an open hold (H1)")
}

/// Open, or closed as the kind closes, at the instant of the record.
fn check_status(seen: &Seen<'_>, was: &HoldState, is: &HoldState) -> Result<(), &'static str> {
    if is.status == HoldStatus::Open {
        let closes = matches!(seen.kind, Kind::Release | Kind::Lapse);
        let own = seen.record.holds.first().is_some_and(|first| first.state == *is);
        return demand(!(closes && own) && is.settled_at.is_none(), "it leaves its hold open (H1)");
    }
    let status = match seen.kind {
        Kind::Capture => HoldStatus::Captured,
        Kind::Release => HoldStatus::Released,
        Kind::Lapse => HoldStatus::Expired,
        _ => return Err("it settles a hold, which its kind does not (H1)"),
    };
    let childless = was.children_open == 0;
    let settled = is.status == status && is.settled_at == Some(seen.instant);
    demand(settled && childless, "it settles its hold wrongly (H1)")
}

/// What a capture posts is what its hold captured, and what those above count.
fn check_captured(seen: &Seen<'_>) -> Result<(), &'static str> {
    let (captured, _) = seen.captured().ok_or("it captures no open hold")?;
    let posted = seen.record.posting.as_ref().map(|posting| posting.amount);
    let own = seen.record.holds.first().ok_or("it captures no open hold")?;
    let more = own.state.captured.checked_sub(captured.state.captured);
    let below = own.state.captured_by_children == captured.state.captured_by_children;
    demand(more == posted && below, "its posting is not what its hold captured (H1)")?;
    let raised = own.state.amount.checked_sub(captured.state.amount);
    let mut above = captured.terms.parent;
    while let Some(id) = above {
        let parent = seen.wallet.hold(id).ok_or("its parent is not open")?;
        let change = seen.record.holds.iter().find(|change| change.id == id);
        let change = change.ok_or("a parent does not count what its child captured (H1)")?;
        check_counted(parent, &change.state, (posted, raised))?;
        above = parent.terms.parent;
    }
    Ok(())
}

fn check_counted(
    parent: &Hold,
    is: &HoldState,
    (posted, raised): (Option<Credits>, Option<Credits>),
) -> Result<(), &'static str> {
    let was = &parent.state;
    let counts = is.captured_by_children.checked_sub(was.captured_by_children) == posted
        && is.amount.checked_sub(was.amount) == raised
        && is.captured == was.captured;
    demand(counts, "a parent does not count what its child captured (H1)")
}
