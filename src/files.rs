//! Open files: each connected page needs one, and the usual limit is a thousand.
#![allow(unsafe_code)]

use std::io;
use std::mem::MaybeUninit;

/// Raises this process's limit on open files to the most it may have.
///
/// # Errors
///
/// The kernel's.
pub fn raise_open_files() -> io::Result<()> {
    let mut limit = MaybeUninit::<libc::rlimit>::uninit();
    // SAFETY: the pointer is to a whole `rlimit`, which the call fills when it returns 0 and which nobody else has.
    let mut limit = unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, limit.as_mut_ptr()) != 0 {
            return Err(io::Error::last_os_error());
        }
        limit.assume_init()
    };
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: the pointer is to a whole `rlimit` that outlives the call.
    if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
