"""What families and clinics upload: received, unpacked, sorted into records and imaging."""
