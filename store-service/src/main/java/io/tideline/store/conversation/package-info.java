/** Conversations and who is in them: created once, changed in the order of their timelines. */
@NullMarked
package io.tideline.store.conversation;

import org.jspecify.annotations.NullMarked;
