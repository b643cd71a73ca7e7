package io.tideline.tools.importing;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.Entry;

/**
 * The last line of an import that a timeline holds.
 *
 * @param line 0: none
 * @param seq where it stands, 0: nowhere
 * @param sender who wrote it, for recognising the file
 * @param payload what it says, for recognising the file
 */
record ResumePoint(long line, long seq, String sender, ByteString payload) {
    static final ResumePoint START = new ResumePoint(0, 0, "", ByteString.EMPTY);

    static ResumePoint at(long line, Entry entry) {
        return new ResumePoint(line, entry.getSeq(), entry.getSender(), entry.getPayload());
    }
}
