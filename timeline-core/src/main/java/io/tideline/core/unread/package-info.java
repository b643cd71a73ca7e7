/** What is unread, by arithmetic on heads and marks of one moment: no counter is kept, so none can drift. */
@NullMarked
package io.tideline.core.unread;

import org.jspecify.annotations.NullMarked;
