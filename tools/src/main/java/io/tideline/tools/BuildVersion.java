package io.tideline.tools;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest states. */
final class BuildVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = TidelineCli.class.getPackage().getImplementationVersion();
        return new String[] {"tideline " + (version == null ? "(not from a jar)" : version)};
    }
}
