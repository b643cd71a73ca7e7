/** Devices in step: what each has got, what moved since, and the page that brings it up to date. */
@NullMarked
package io.tideline.sync.device;

import org.jspecify.annotations.NullMarked;
