/** Sending, changing and reading messages, as the contract offers it. */
@NullMarked
package io.tideline.api.server.messages;

import org.jspecify.annotations.NullMarked;
