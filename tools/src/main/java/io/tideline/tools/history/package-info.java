/** Commands about history and long-running operations: find messages, locate them, erase, export, follow operations. */
@NullMarked
package io.tideline.tools.history;

import org.jspecify.annotations.NullMarked;
