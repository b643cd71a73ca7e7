package io.tideline.tools.importing;

import com.google.protobuf.ByteString;

/** One timeline of an import: what it holds of the file already, and the way into it. For the reading thread only. */
final class ImportTarget {
    private final ResumePoint resume;
    private final ImportLane lane;
    private boolean recognised;

    ImportTarget(ResumePoint resume, ImportLane lane) {
        this.resume = resume;
        this.lane = lane;
        this.recognised = resume.line() == 0;
    }

    ImportLane lane() {
        return lane;
    }

    /**
     * Whether a line was imported by an earlier run.
     *
     * @throws ImportRefusedException when the last imported line says something else in this file
     */
    boolean holds(long line, String sender, ByteString payload) {
        if (line == resume.line()) {
            recognised = sender.equals(resume.sender()) && payload.equals(resume.payload());
        }
        if (line >= resume.line()) {
            requireRecognised();
        }
        return line <= resume.line();
    }

    /** @throws ImportRefusedException unless the last imported line was found in this file */
    void requireRecognised() {
        if (!recognised) {
            throw ImportRefusedException.atLine(
                    resume.line(),
                    "imported before with another content or other --kinds (seq " + resume.seq()
                            + "): for another file choose another --import-id");
        }
    }
}
