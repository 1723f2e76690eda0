-- What the payment provider calls that which the owner has to confirm in a trial, so that
-- their card pays behind it. None once it is confirmed.

ALTER TABLE subscriptions ADD COLUMN card_setup TEXT
