/** Conversations and their members, as the contract offers them. */
@NullMarked
package io.tideline.api.server.conversations;

import org.jspecify.annotations.NullMarked;
