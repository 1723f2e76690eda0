//! The whole server over real HTTP, on a real file.

mod cases;
mod connections;
mod examples;
mod four_users;
mod hostile;
mod issuer;
mod keyed;
mod order;
mod outages;
mod people;
mod races;
mod routes;
mod scopes;
mod seed_client;
