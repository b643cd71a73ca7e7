/**
 * The embedded search engine: Lucene, one index directory for each app.
 *
 * <pre>
 * every document   id     doc letter and names: what replaces it names it so
 *                  doc    m message, c conversation, u member, p position
 *                  conv   name of the conversation's timeline (not of positions)
 * message          sender, kind, time (ms), seq, version, text
 * conversation     kind, by, dissolved, members, time (created, ms), text (all attribute values),
 *                  attr (name, 0, value), attrword (name, 0, word of the value)
 * member           user, role, active, joined
 * position         pos    the last seq that the index has of a conversation
 * </pre>
 *
 * <p>No text is stored, only the words are. Positions are documents of the same index, so one commit makes both durable.
 */
@NullMarked
package io.tideline.store.search.lucene;

import org.jspecify.annotations.NullMarked;
