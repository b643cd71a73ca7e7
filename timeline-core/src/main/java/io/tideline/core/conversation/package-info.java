/** The vocabulary of conversations: who is in one, what it is, and how its messages reach its members. */
@NullMarked
package io.tideline.core.conversation;

import org.jspecify.annotations.NullMarked;
