/** Devices in step, unread counts, and consumers, as the contract offers them. */
@NullMarked
package io.tideline.api.server.sync;

import org.jspecify.annotations.NullMarked;
