# An image that contains only the program: its build context is the folder of an unpacked tarball.
# docs/install.md shows how to build and run it.
FROM scratch
# Any user may run it, whatever the umask of the user who unpacked the tarball.
COPY --chmod=0755 bin/cloudhijack /cloudhijack
COPY share/doc/cloudhijack/LICENSE share/doc/cloudhijack/bom.cdx.json /
COPY share/doc/cloudhijack/licenses /licenses
USER 65532:65532
ENTRYPOINT ["/cloudhijack"]
