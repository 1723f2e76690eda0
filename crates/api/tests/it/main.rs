//! The whole server over real HTTP, on a real file.

mod first;
