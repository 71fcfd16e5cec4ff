//! Models as the library makes, keeps and reads them: the file, and the evidence.

mod evidence;
mod file;
mod tiny;
mod unjudged;
