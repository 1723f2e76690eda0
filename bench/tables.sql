-- What the yardstick spends from: ten thousand wallets, and spends with a unique key.
CREATE TABLE wallets (id bigint PRIMARY KEY, balance bigint NOT NULL);
CREATE TABLE spends (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wallet bigint NOT NULL REFERENCES wallets (id),
    amount bigint NOT NULL,
    key uuid NOT NULL UNIQUE,
    at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO wallets SELECT id, 1000000000000 FROM generate_series(1, 10000) AS id;
