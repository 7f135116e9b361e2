//! Waking a media thread that waits for its sockets.
//!
//! A thread says that it is about to sleep, looks once more at its queues, and waits. Whoever put something into one of them afterwards sees
//! that it sleeps and rings. A thread that is awake is never rung, so a busy server makes no system call here.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::time::Duration;

/// The bell of one media thread.
#[derive(Debug)]
pub(super) struct Bell {
    event: OwnedFd,
    asleep: AtomicBool,
}

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        // SAFETY: takes no pointer; a valid descriptor is owned by nobody else yet.
        let fd = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: as above.
        let event = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Bell { event, asleep: AtomicBool::new(false) })
    }

    /// Called after something was put into a queue of the thread.
    pub(super) fn ring(&self) {
        // Pairs with the fence in `sleep`: either the sleeper sees what was queued, or this sees that it sleeps.
        fence(Ordering::SeqCst);
        if self.asleep.swap(false, Ordering::SeqCst) {
            let one = 1_u64;
            // SAFETY: eight bytes of a live variable. It can fail only when the counter is full, and then the bell has rung.
            unsafe {
                libc::write(self.event.as_raw_fd(), (&raw const one).cast(), size_of::<u64>());
            }
        }
    }

    /// Waits until one of `sources` has something to read, somebody rings, or `patience` is over; whether the second source has. `empty` looks at
    /// the queues once more.
    pub(super) fn sleep(
        &self,
        sources: [RawFd; 2],
        patience: Option<Duration>,
        empty: impl FnOnce() -> bool,
    ) -> bool {
        self.asleep.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let second = empty() && self.wait(sources, patience);
        self.asleep.store(false, Ordering::SeqCst);
        second
    }

    fn wait(&self, sources: [RawFd; 2], patience: Option<Duration>) -> bool {
        let readable = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut descriptors = [readable(sources[0]), readable(self.event.as_raw_fd()), readable(sources[1])];
        let time = patience.map(|patience| libc::timespec {
            tv_sec: patience.as_secs() as libc::time_t,
            tv_nsec: patience.subsec_nanos().into(),
        });
        let time_pointer = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: three descriptors and a time-out that outlive the call; no signal mask.
        unsafe {
            libc::ppoll(descriptors.as_mut_ptr(), 3, time_pointer, std::ptr::null());
        }
        if descriptors[1].revents != 0 {
            let mut count = 0_u64;
            // SAFETY: eight bytes of a live variable; the descriptor does not block.
            unsafe {
                libc::read(self.event.as_raw_fd(), (&raw mut count).cast(), size_of::<u64>());
            }
        }
        descriptors[2].revents != 0
    }
}
