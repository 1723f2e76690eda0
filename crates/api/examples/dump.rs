fn main(){print!("{}", api::openapi());}
