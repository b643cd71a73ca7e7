/** What users have not read: counts, marks, receipts, and the list of conversations they stand in. */
@NullMarked
package io.tideline.sync.unread;

import org.jspecify.annotations.NullMarked;
