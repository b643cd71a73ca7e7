/**
 * Search: what a conversation, a user or an app has said, and which conversations and members there are. An index is made
 * of the timelines and can always be made again; it says where something is, and the timelines say what it is and who may
 * see it. The engine stands behind {@link io.tideline.store.search.MessageIndex}.
 */
@NullMarked
package io.tideline.store.search;

import org.jspecify.annotations.NullMarked;
