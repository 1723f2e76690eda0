-- One transaction a spend, as most platforms do it: the balance is locked, looked at,
-- changed, and the spend written with its key.
\set wallet random(1, 10000)
BEGIN;
SELECT balance FROM wallets WHERE id = :wallet FOR UPDATE;
UPDATE wallets SET balance = balance - 10000 WHERE id = :wallet AND balance >= 10000;
INSERT INTO spends (wallet, amount, key) VALUES (:wallet, 10000, gen_random_uuid());
COMMIT;
